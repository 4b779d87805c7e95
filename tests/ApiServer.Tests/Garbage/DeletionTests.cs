using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Writes;

namespace ConfidentialOperator.ApiServer.Tests.Garbage;

public sealed class DeletionTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Preconditions_are_kept()
    {
        JsonObject made = fixture.Api.Store.Create(Samples.ConfigMap("pre"));
        JsonObject status = await fixture.ExpectAsync(409, "DELETE", $"{ConfigMaps}/pre", """{"preconditions":{"uid":"x"}}""");
        Assert.Contains("the UID in the precondition (x) does not match", status.Text("message"));
        await fixture.ExpectAsync(200, "DELETE", $"{ConfigMaps}/pre?dryRun=All");
        JsonObject done = await fixture.ExpectAsync(200, "DELETE", $"{ConfigMaps}/pre", $$$"""{"preconditions":{"uid":"{{{made.Uid()}}}"}}""");
        Assert.Equal("Success", done.Text("status"));
        await fixture.ExpectAsync(404, "DELETE", $"{ConfigMaps}/pre");
    }

    [Fact]
    public async Task A_finalizer_holds_an_object_until_it_is_taken_off()
    {
        JsonObject item = Samples.Widget("held");
        item.Metadata()["finalizers"] = new JsonArray("example.dev/hold");
        fixture.Api.Store.Create(item);
        JsonObject marked = await fixture.ExpectAsync(200, "DELETE", $"{ApiFixture.WidgetPath}/held");
        Assert.NotNull(marked.Text("metadata", "deletionTimestamp"));
        Assert.Equal(2, marked.Integer("metadata", "generation"));
        await fixture.ExpectAsync(200, "PATCH", $"{ApiFixture.WidgetPath}/held", """{"metadata":{"finalizers":null}}""", "application/merge-patch+json");
        await fixture.ExpectAsync(404, "GET", $"{ApiFixture.WidgetPath}/held");
    }

    [Fact]
    public async Task Dependents_follow_their_owner()
    {
        JsonObject owner = fixture.Api.Store.Create(Samples.Widget("owner"));
        JsonObject child = Owned(Samples.ConfigMap("child"), owner);
        fixture.Api.Store.Create(child);
        JsonObject grandchild = Owned(Samples.ConfigMap("grandchild"), fixture.Api.Store.Get("cm", "default", "child")!);
        fixture.Api.Store.Create(grandchild);
        await fixture.ExpectAsync(200, "DELETE", $"{ApiFixture.WidgetPath}/owner");
        await Eventually.IsTrue(() => fixture.Api.Store.Get("cm", "default", "child") is null && fixture.Api.Store.Get("cm", "default", "grandchild") is null);
    }

    [Fact]
    public async Task Foreground_deletion_waits_for_dependents()
    {
        JsonObject owner = fixture.Api.Store.Create(Samples.Widget("front"));
        JsonObject child = Owned(Samples.ConfigMap("front-child"), owner);
        child.Metadata()["finalizers"] = new JsonArray("example.dev/hold");
        fixture.Api.Store.Create(child);
        await fixture.ExpectAsync(200, "DELETE", $"{ApiFixture.WidgetPath}/front?propagationPolicy=Foreground");
        await Eventually.IsTrue(() => fixture.Api.Store.Get("cm", "default", "front-child").Text("metadata", "deletionTimestamp") is not null);
        Assert.NotNull(fixture.Api.Store.Get(Samples.Widgets, "default", "front"));
        fixture.Api.Store.Modify("cm", "default", "front-child", item => item.Metadata().Remove("finalizers"));
        await Eventually.IsTrue(() => fixture.Api.Store.Get(Samples.Widgets, "default", "front") is null);
    }

    [Fact]
    public async Task Orphans_lose_the_reference_and_live()
    {
        JsonObject owner = fixture.Api.Store.Create(Samples.Widget("parent"));
        fixture.Api.Store.Create(Owned(Samples.ConfigMap("orphan"), owner));
        fixture.Api.Store.Delete(Samples.Widgets, "default", "parent", new RemovalOptions { PropagationPolicy = "Orphan" });
        await Eventually.IsTrue(() => fixture.Api.Store.Get(Samples.Widgets, "default", "parent") is null);
        Assert.Null(fixture.Api.Store.Get("cm", "default", "orphan").Find("metadata", "ownerReferences"));
    }

    [Fact]
    public async Task An_object_with_an_absent_owner_is_removed()
    {
        JsonObject never = Samples.Widget("never");
        never.Metadata()["uid"] = "00000000-0000-0000-0000-000000000000";
        fixture.Api.Store.Create(Owned(Samples.ConfigMap("stray"), never));
        await Eventually.IsTrue(() => fixture.Api.Store.Get("cm", "default", "stray") is null);
    }

    [Fact]
    public async Task A_namespace_takes_its_content_along()
    {
        fixture.Api.CreateNamespace("doomed");
        JsonObject held = Samples.ConfigMap("held", "doomed");
        held.Metadata()["finalizers"] = new JsonArray("example.dev/hold");
        fixture.Api.Store.Create(held);
        fixture.Api.Store.Create(Samples.ConfigMap("free", "doomed"));
        await fixture.ExpectAsync(200, "DELETE", "/api/v1/namespaces/doomed");
        await Eventually.IsTrue(() => fixture.Api.Store.Get("ns", null, "doomed").Text("status", "phase") == "Terminating");
        await Eventually.IsTrue(() => fixture.Api.Store.Get("cm", "doomed", "free") is null);
        JsonObject status = await fixture.ExpectAsync(403, "POST", "/api/v1/namespaces/doomed/configmaps", Samples.ConfigMap("late", "doomed").ToJsonString());
        Assert.Equal("NamespaceTerminating", status.Items("details", "causes").Single().Text("reason"));
        fixture.Api.Store.Modify("cm", "doomed", "held", item => item.Metadata().Remove("finalizers"));
        await Eventually.IsTrue(() => fixture.Api.Store.Get("ns", null, "doomed") is null);
    }

    [Fact]
    public async Task A_pod_on_a_node_waits_for_its_node()
    {
        JsonObject pod = Samples.Pod("graceful");
        pod["spec"]!["nodeName"] = "node-1";
        fixture.Api.Store.Create(pod);
        JsonObject marked = await fixture.ExpectAsync(200, "DELETE", "/api/v1/namespaces/default/pods/graceful");
        Assert.Equal(30, marked.Integer("metadata", "deletionGracePeriodSeconds"));
        Assert.NotNull(fixture.Api.Store.Get("pods", "default", "graceful"));
        await fixture.ExpectAsync(200, "DELETE", "/api/v1/namespaces/default/pods/graceful", """{"gracePeriodSeconds":0}""");
        Assert.Null(fixture.Api.Store.Get("pods", "default", "graceful"));
    }

    [Fact]
    public async Task A_collection_is_deleted_by_selector()
    {
        fixture.Api.CreateNamespace("many");
        for (int i = 0; i < 4; i++)
        {
            JsonObject item = Samples.ConfigMap($"m{i}", "many");
            item.Metadata()["labels"] = new JsonObject { ["odd"] = (i % 2).ToString() };
            fixture.Api.Store.Create(item);
        }

        await fixture.ExpectAsync(200, "DELETE", "/api/v1/namespaces/many/configmaps?labelSelector=odd=1");
        Assert.Equal(["m0", "m2"], fixture.Api.Store.List("cm", "many").Select(item => item.Name()));
    }

    private static JsonObject Owned(JsonObject item, JsonObject owner)
    {
        item.Metadata()["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = owner.Text("apiVersion"),
            ["kind"] = owner.Text("kind"),
            ["name"] = owner.Name(),
            ["uid"] = owner.Uid(),
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        });
        return item;
    }
}
