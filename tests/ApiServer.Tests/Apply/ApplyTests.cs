using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tests.Apply;

public sealed class ApplyTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Apply_creates_then_changes_then_does_nothing()
    {
        JsonObject made = await fixture.ApplyAsync(201, "one", "me", """{"type":"a","replicas":1}""");
        JsonObject changed = await fixture.ApplyAsync(200, "one", "me", """{"type":"a","replicas":2}""");
        Assert.Equal(made.Uid(), changed.Uid());
        Assert.Equal(2, changed.Integer("metadata", "generation"));
        JsonObject same = await fixture.ApplyAsync(200, "one", "me", """{"type":"a","replicas":2}""");
        Assert.Equal(changed.Text("metadata", "resourceVersion"), same.Text("metadata", "resourceVersion"));
    }

    [Fact]
    public async Task Fields_that_are_no_longer_applied_are_removed()
    {
        await fixture.ApplyAsync(201, "gone", "me", """{"type":"a","scaling":{"min":1},"labels":{"a":"1","b":"2"},"ports":[{"name":"x"},{"name":"y"}],"tags":["p","q"]}""");
        JsonObject changed = await fixture.ApplyAsync(200, "gone", "me", """{"type":"a","labels":{"a":"1"},"ports":[{"name":"y"}],"tags":["q"]}""");
        Assert.Null(changed.Find("spec", "scaling"));
        Assert.Equal("""{"a":"1"}""", changed.Find("spec", "labels")!.ToJsonString());
        Assert.Equal(["y"], changed.Items("spec", "ports").Select(port => port.Text("name")));
        Assert.Equal("""["q"]""", changed.Find("spec", "tags")!.ToJsonString());
    }

    [Fact]
    public async Task What_another_manager_set_survives()
    {
        await fixture.ApplyAsync(201, "shared", "me", """{"type":"a","ports":[{"name":"x"}],"tags":["p"]}""");
        await fixture.ApplyAsync(200, "shared", "you", """{"type":"a","size":5,"ports":[{"name":"y","port":9}],"tags":["q"]}""");
        JsonObject mine = await fixture.ApplyAsync(200, "shared", "me", """{"type":"a"}""");
        Assert.Equal(5, mine.Integer("spec", "size"));
        Assert.Equal(["y"], mine.Items("spec", "ports").Select(port => port.Text("name")));
        Assert.Equal("""["q"]""", mine.Find("spec", "tags")!.ToJsonString());
    }

    [Fact]
    public async Task A_field_of_another_manager_is_a_conflict_unless_forced()
    {
        await fixture.ExpectAsync(
            201, "POST", $"{ApiFixture.WidgetPath}?fieldManager=me", Samples.Widget("fight", """{"type":"a","size":1,"ports":[{"name":"x"}]}""").ToJsonString());
        const string Wanted = """{"type":"a","size":5,"ports":[{"name":"x","port":81}]}""";
        JsonObject status = await fixture.ApplyAsync(409, "fight", "you", Wanted);
        Assert.Equal(
            "Apply failed with 2 conflicts: conflicts with \"me\" using example.dev/v1alpha1:\n- .spec.size\n- .spec.ports[name=\"x\"].port",
            status.Text("message"));
        Assert.Equal(["FieldManagerConflict", "FieldManagerConflict"], status.Items("details", "causes").Select(cause => cause.Text("reason")));
        JsonObject forced = await fixture.ApplyAsync(200, "fight", "you", Wanted, "&force=true");
        Assert.Equal(5, forced.Integer("spec", "size"));
        Assert.DoesNotContain("f:size", Fields(forced, "me").ToJsonString());
        Assert.Contains("f:size", Fields(forced, "you").ToJsonString());
    }

    [Fact]
    public async Task The_same_value_is_shared_without_conflict()
    {
        await fixture.ApplyAsync(201, "same", "me", """{"type":"a","size":3}""");
        JsonObject both = await fixture.ApplyAsync(200, "same", "you", """{"type":"a","size":3}""");
        Assert.Contains("f:size", Fields(both, "me").ToJsonString());
        Assert.Contains("f:size", Fields(both, "you").ToJsonString());
        JsonObject kept = await fixture.ApplyAsync(200, "same", "me", """{"type":"a"}""");
        Assert.Equal(3, kept.Integer("spec", "size"));
    }

    [Fact]
    public async Task Managed_fields_are_those_of_the_real_server()
    {
        await fixture.ExpectAsync(201, "POST", $"{ApiFixture.WidgetPath}?fieldManager=me", Samples.Widget(
            "fields", """{"type":"a","ports":[{"name":"x"}],"tags":["a"],"labels":{"a":"b"},"free":{"x":{"y":1}}}""").ToJsonString());
        JsonObject applied = await fixture.ApplyAsync(200, "fields", "two", """{"type":"a","tags":["b"],"ports":[{"name":"y"}]}""");
        Assert.True(JsonNode.DeepEquals(Fields(applied, "me"), JsonNode.Parse("""
            {"f:spec":{".":{},"f:free":{".":{},"f:x":{".":{},"f:y":{}}},"f:labels":{".":{},"f:a":{}},
             "f:ports":{".":{},"k:{\"name\":\"x\"}":{".":{},"f:name":{},"f:port":{}}},"f:size":{},"f:tags":{".":{},"v:\"a\"":{}},"f:type":{}}}
            """)), Fields(applied, "me").ToJsonString());
        Assert.True(JsonNode.DeepEquals(Fields(applied, "two"), JsonNode.Parse("""
            {"f:spec":{"f:ports":{"k:{\"name\":\"y\"}":{".":{},"f:name":{}}},"f:tags":{"v:\"b\"":{}},"f:type":{}}}
            """)), Fields(applied, "two").ToJsonString());
    }

    [Fact]
    public async Task Status_is_owned_apart()
    {
        await fixture.ApplyAsync(201, "status", "me", """{"type":"a"}""");
        JsonObject body = Samples.Widget("status");
        body.Remove("spec");
        body["status"] = JsonNode.Parse("""{"replicas":2,"conditions":[{"type":"Ready","status":"True"}]}""");
        JsonObject answer = await fixture.ExpectAsync(
            200, "PATCH", $"{ApiFixture.WidgetPath}/status/status?fieldManager=st", body.ToJsonString(), "application/apply-patch+yaml");
        JsonObject entry = answer.Items("metadata", "managedFields").Single(entry => entry.Text("manager") == "st");
        Assert.Equal("status", entry.Text("subresource"));
        Assert.Equal(1, answer.Integer("metadata", "generation"));
        JsonObject again = await fixture.ApplyAsync(200, "status", "me", """{"type":"a"}""");
        Assert.Equal(2, again.Integer("status", "replicas"));
        body["status"] = JsonNode.Parse("""{"conditions":[{"type":"Ready","status":"False"}]}""");
        JsonObject changed = await fixture.ExpectAsync(
            200, "PATCH", $"{ApiFixture.WidgetPath}/status/status?fieldManager=st", body.ToJsonString(), "application/apply-patch+yaml");
        Assert.Null(changed.Find("status", "replicas"));
        Assert.Equal("False", changed.Items("status", "conditions").Single().Text("status"));
    }

    [Fact]
    public async Task An_apply_needs_a_manager_and_may_be_yaml()
    {
        JsonObject status = await fixture.ExpectAsync(422, "PATCH", $"{ApiFixture.WidgetPath}/x", "{}", "application/apply-patch+yaml");
        Assert.Equal("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch", status.Text("message"));
        JsonObject made = await fixture.ExpectAsync(201, "PATCH", $"{ApiFixture.WidgetPath}/yaml?fieldManager=me",
            "apiVersion: example.dev/v1alpha1\nkind: Widget\nmetadata:\n  name: yaml\nspec: {type: a, size: 3, name: \"abc\"}\n", "application/apply-patch+yaml");
        Assert.Equal(3, made.Integer("spec", "size"));
    }

    [Fact]
    public async Task Containers_and_ports_are_merged_by_key()
    {
        const string Path = "/apis/apps/v1/namespaces/default/deployments/keyed";
        JsonObject body = Samples.Deployment("keyed");
        body["spec"]!["template"]!["spec"]!["containers"]![0]!["ports"] = JsonNode.Parse("""[{"containerPort":80},{"containerPort":80,"protocol":"UDP"}]""");
        body["spec"]!["template"]!["spec"]!["containers"]![0]!["env"] = JsonNode.Parse("""[{"name":"A","value":"1"}]""");
        await fixture.ExpectAsync(201, "PATCH", $"{Path}?fieldManager=me", body.ToJsonString(), "application/apply-patch+yaml");
        JsonObject other = Samples.Parse("""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"keyed"},"spec":{"template":{"spec":{"containers":[
            {"name":"c","env":[{"name":"B","value":"2"}]},{"name":"d","image":"y:1"}]} } } }
            """);
        JsonObject merged = await fixture.ExpectAsync(200, "PATCH", $"{Path}?fieldManager=you", other.ToJsonString(), "application/apply-patch+yaml");
        List<JsonObject> containers = [.. merged.Items("spec", "template", "spec", "containers")];
        Assert.Equal(["c", "d"], containers.Select(container => container.Text("name")));
        Assert.Equal(["A", "B"], containers[0].Items("env").Select(variable => variable.Text("name")));
        Assert.Equal(2, containers[0].Items("ports").Count());
    }

    private static JsonNode Fields(JsonObject item, string manager) =>
        item.Items("metadata", "managedFields").Single(entry => entry.Text("manager") == manager && entry.Text("subresource") is null)["fieldsV1"]!;
}
