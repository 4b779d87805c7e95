using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.ApiServer.Writes;

namespace ConfidentialOperator.ApiServer.Tests.Storage;

public sealed class StoreTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private Store Store => fixture.Api.Store;

    [Fact]
    public void Objects_handed_out_are_copies()
    {
        JsonObject made = Store.Create(Samples.ConfigMap("copy"));
        made["data"] = new JsonObject();
        Assert.Equal("1", Store.Get("configmaps", "default", "copy").Text("data", "a"));
    }

    [Theory]
    [InlineData("configmaps")]
    [InlineData("cm")]
    [InlineData("ConfigMap")]
    [InlineData("configmap")]
    public void Resources_are_named_as_for_kubectl(string name) => Assert.NotNull(Store.List(name));

    [Fact]
    public void Unknown_names_and_kinds_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Store.List("nothings"));
        Assert.Equal(400, Assert.Throws<ApiStatusException>(() => Store.Create(Samples.Parse("""{"apiVersion":"v9","kind":"Nothing"}"""))).Code);
    }

    [Fact]
    public void Update_checks_the_version_and_leaves_the_status()
    {
        JsonObject made = Store.Create(Samples.Widget("inside"));
        JsonObject withStatus = made.Copy();
        withStatus["status"] = new JsonObject { ["replicas"] = 1 };
        JsonObject updated = Store.UpdateStatus(withStatus);
        Assert.Equal(1, updated.Integer("status", "replicas"));
        made["spec"]!["size"] = 2;
        Assert.Equal("Conflict", Assert.Throws<ApiStatusException>(() => Store.Update(made)).Reason);
        updated["spec"]!["size"] = 2;
        updated["status"]!["replicas"] = 9;
        Assert.Equal(1, Store.Update(updated).Integer("status", "replicas"));
    }

    [Fact]
    public void Manifests_are_applied_in_order()
    {
        IReadOnlyList<JsonObject> applied = Store.ApplyManifests("""
            apiVersion: v1
            kind: Namespace
            metadata: {name: from-file}
            ---
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: c, namespace: from-file}
            data: {port: "80", text: hello, flag: "true"}
            ---
            apiVersion: example.dev/v1alpha1
            kind: Widget
            metadata: {name: file}
            spec: {type: a, size: 3}
            """);
        Assert.Equal(["from-file", "c", "file"], applied.Select(item => item.Name()));
        Assert.Equal("80", applied[1].Text("data", "port"));
        Assert.Equal("default", applied[2].Namespace());
    }

    [Fact]
    public void Delete_tells_whether_there_was_something()
    {
        Store.Create(Samples.ConfigMap("short"));
        Assert.True(Store.Delete("cm", "default", "short"));
        Assert.False(Store.Delete("cm", "default", "short"));
        Assert.Null(Store.Modify("cm", "default", "short", _ => { }));
    }

    [Fact]
    public void Apply_in_process_owns_fields_too()
    {
        Store.Apply(Samples.Widget("owned", """{"type":"a","size":2}"""), new WriteOptions { FieldManager = "me" });
        Assert.Throws<ApiStatusException>(() => Store.Apply(Samples.Widget("owned", """{"type":"a","size":3}"""), new WriteOptions { FieldManager = "you" }));
        Store.Apply(Samples.Widget("owned", """{"type":"a","size":3}"""), new WriteOptions { FieldManager = "you", Force = true });
        Assert.Equal(3, Store.Get("wd", "default", "owned").Integer("spec", "size"));
    }

    [Fact]
    public void An_old_fault_does_not_block_other_changes()
    {
        fixture.Api.Store.ApplyManifests(Samples.Definition
            .Replace("widgets.example.dev", "gadgets.example.dev", StringComparison.Ordinal)
            .Replace("plural: widgets, singular: widget, kind: Widget, shortNames: [wd]", "plural: gadgets, singular: gadget, kind: Gadget", StringComparison.Ordinal));
        JsonObject item = Samples.Widget("ratchet", """{"type":"a","name":"abcde"}""");
        item["kind"] = "Gadget";
        Store.Create(item);
        fixture.Api.Store.Modify("crd", null, "gadgets.example.dev", definition =>
            definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!["name"]!["maxLength"] = 2);
        Assert.Equal(2, Store.Modify("gadgets", "default", "ratchet", gadget => gadget["spec"]!["size"] = 2).Integer("spec", "size"));
        Assert.Throws<ApiStatusException>(() => Store.Modify("gadgets", "default", "ratchet", gadget => gadget["spec"]!["name"] = "abcd"));
    }

    [Fact]
    public async Task A_thousand_resources_are_no_burden()
    {
        await using KubernetesApi api = await KubernetesApi.StartAsync(new KubernetesApiOptions(), TestContext.Current.CancellationToken);
        api.Store.ApplyManifests(Samples.Definition);
        using HttpClient client = api.CreateClient();
        long start = TimeProvider.System.GetTimestamp();
        for (int i = 0; i < 1000; i++) api.Store.Create(Samples.Widget($"w{i:D4}"));
        for (int i = 0; i < 1000; i++) api.Store.ModifyStatus("wd", "default", $"w{i:D4}", status => status["replicas"] = 1);
        for (int i = 0; i < 1000; i++) api.Store.Apply(Samples.Widget($"w{i:D4}", """{"type":"a","size":2}"""), new WriteOptions { FieldManager = "m", Force = true });
        string list = await client.GetStringAsync(ApiFixture.WidgetPath, TestContext.Current.CancellationToken);
        Assert.Equal(1000, Samples.Parse(list).Items("items").Count());
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "3,000 writes and a list took longer than 20 s.");
    }
}
