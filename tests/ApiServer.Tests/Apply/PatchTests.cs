using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tests.Apply;

public sealed class PatchTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";

    [Theory]
    [InlineData("""[{"op":"replace","path":"/spec/size","value":4}]""", """{"type":"a","size":4,"labels":{"a/b":"c"}}""")]
    [InlineData("""[{"op":"add","path":"/spec/tags","value":["p"]},{"op":"add","path":"/spec/tags/-","value":"q"},{"op":"remove","path":"/spec/tags/0"}]""",
        """{"type":"a","size":1,"labels":{"a/b":"c"},"tags":["q"]}""")]
    [InlineData("""[{"op":"test","path":"/spec/type","value":"a"},{"op":"move","from":"/spec/labels/a~1b","path":"/spec/labels/x"}]""",
        """{"type":"a","size":1,"labels":{"x":"c"}}""")]
    [InlineData("""[{"op":"copy","from":"/spec/labels","path":"/spec/free"}]""", """{"type":"a","size":1,"labels":{"a/b":"c"},"free":{"a/b":"c"}}""")]
    public async Task Json_patch_does_its_operations(string patch, string expected)
    {
        JsonObject made = fixture.Api.Store.Create(Generated("""{"type":"a","labels":{"a/b":"c"}}"""));
        JsonObject patched = await fixture.ExpectAsync(200, "PATCH", $"{ApiFixture.WidgetPath}/{made.Name()}", patch, "application/json-patch+json");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), patched["spec"]), patched["spec"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""[{"op":"test","path":"/spec/type","value":"zz"}]""")]
    [InlineData("""[{"op":"remove","path":"/spec/zz"}]""")]
    [InlineData("""[{"op":"jump","path":"/spec/zz"}]""")]
    public async Task Json_patch_refuses_what_does_not_fit(string patch)
    {
        JsonObject made = fixture.Api.Store.Create(Generated("""{"type":"a"}"""));
        JsonObject status = await fixture.ExpectAsync(422, "PATCH", $"{ApiFixture.WidgetPath}/{made.Name()}", patch, "application/json-patch+json");
        Assert.StartsWith("the server rejected our request due to an error in our request", status.Text("message"));
    }

    [Fact]
    public async Task A_patch_with_an_old_version_is_a_conflict()
    {
        JsonObject made = fixture.Api.Store.Create(Generated("""{"type":"a"}"""));
        string path = $"{ApiFixture.WidgetPath}/{made.Name()}";
        const string Merge = "application/merge-patch+json";
        await fixture.ExpectAsync(200, "PATCH", path, """{"spec":{"size":2}}""", Merge);
        string old = $$$"""{"metadata":{"resourceVersion":"{{{made.Text("metadata", "resourceVersion")}}}"},"spec":{"size":3}}""";
        Assert.Equal("Conflict", (await fixture.ExpectAsync(409, "PATCH", path, old, Merge)).Text("reason"));
    }

    [Fact]
    public async Task Strategic_merge_pairs_items_by_key()
    {
        JsonObject body = Samples.Deployment("strategic");
        body["spec"]!["template"]!["spec"]!["containers"]![0]!["env"] = JsonNode.Parse("""[{"name":"A","value":"1"},{"name":"B","value":"2"}]""");
        await fixture.ExpectAsync(201, "POST", Deployments, body.ToJsonString());
        JsonObject patched = await fixture.ExpectAsync(200, "PATCH", $"{Deployments}/strategic", """
            {"spec":{"template":{"spec":{"containers":[{"name":"c","image":"x:2","env":[{"name":"B","$patch":"delete"},{"name":"C","value":"3"}]}]}}}}
            """, "application/strategic-merge-patch+json");
        JsonObject container = patched.Items("spec", "template", "spec", "containers").Single();
        Assert.Equal("x:2", container.Text("image"));
        Assert.Equal(["A", "C"], container.Items("env").Select(variable => variable.Text("name")));
    }

    [Fact]
    public async Task Strategic_merge_is_not_for_custom_resources()
    {
        JsonObject made = fixture.Api.Store.Create(Generated("""{"type":"a"}"""));
        JsonObject status = await fixture.ExpectAsync(
            415, "PATCH", $"{ApiFixture.WidgetPath}/{made.Name()}", "{}", "application/strategic-merge-patch+json");
        Assert.Equal("UnsupportedMediaType", status.Text("reason"));
    }

    [Fact]
    public async Task Scale_reads_and_writes_replicas()
    {
        await fixture.ExpectAsync(201, "POST", Deployments, Samples.Deployment("scaled").ToJsonString());
        JsonObject scale = await fixture.ExpectAsync(200, "GET", $"{Deployments}/scaled/scale");
        Assert.Equal(("Scale", 1L, "app=scaled"), (scale.Text("kind")!, scale.Integer("spec", "replicas")!.Value, scale.Text("status", "selector")!));
        scale["spec"]!["replicas"] = 3;
        await fixture.ExpectAsync(200, "PUT", $"{Deployments}/scaled/scale", scale.ToJsonString());
        Assert.Equal("Conflict", (await fixture.ExpectAsync(409, "PUT", $"{Deployments}/scaled/scale", scale.ToJsonString())).Text("reason"));
        Assert.Equal(3, fixture.Api.Store.Get("deployments.apps", "default", "scaled").Integer("spec", "replicas"));
        JsonObject custom = fixture.Api.Store.Create(Generated("""{"type":"a","replicas":2}"""));
        fixture.Api.Store.ModifyStatus(Samples.Widgets, "default", custom.Name(), status => status["selector"] = "a=b");
        JsonObject view = await fixture.ExpectAsync(200, "GET", $"{ApiFixture.WidgetPath}/{custom.Name()}/scale");
        Assert.Equal((2L, "a=b"), (view.Integer("spec", "replicas")!.Value, view.Text("status", "selector")!));
    }

    private static JsonObject Generated(string spec)
    {
        JsonObject item = Samples.Widget("", spec);
        item.Metadata()["generateName"] = "patch-";
        item.Metadata().Remove("name");
        return item;
    }
}
