using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tests.Http;

public sealed class CrudTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Create_gives_identity_and_get_returns_it()
    {
        JsonObject made = await fixture.ExpectAsync(201, "POST", ConfigMaps, Samples.ConfigMap("one").ToJsonString());
        Assert.NotEmpty(made.Uid());
        Assert.NotNull(made.Text("metadata", "creationTimestamp"));
        Assert.NotNull(made.Text("metadata", "resourceVersion"));
        JsonObject read = await fixture.ExpectAsync(200, "GET", $"{ConfigMaps}/one");
        Assert.True(JsonNode.DeepEquals(made, read));
    }

    [Fact]
    public async Task Create_twice_is_a_conflict()
    {
        await fixture.ExpectAsync(201, "POST", ConfigMaps, Samples.ConfigMap("twice").ToJsonString());
        JsonObject status = await fixture.ExpectAsync(409, "POST", ConfigMaps, Samples.ConfigMap("twice").ToJsonString());
        Assert.Equal("AlreadyExists", status.Text("reason"));
        Assert.Equal("configmaps \"twice\" already exists", status.Text("message"));
    }

    [Fact]
    public async Task Absent_objects_and_paths_are_not_found()
    {
        JsonObject status = await fixture.ExpectAsync(404, "GET", $"{ConfigMaps}/none");
        Assert.Equal("configmaps \"none\" not found", status.Text("message"));
        Assert.Equal("none", status.Text("details", "name"));
        await fixture.ExpectAsync(404, "GET", "/apis/nope.dev/v1/things");
        await fixture.ExpectAsync(404, "GET", "/apis/nope.dev/v1");
    }

    [Fact]
    public async Task Generate_name_makes_different_names()
    {
        JsonObject item = Samples.ConfigMap("x");
        item.Metadata().Remove("name");
        item.Metadata()["generateName"] = "made-";
        JsonObject first = await fixture.ExpectAsync(201, "POST", ConfigMaps, item.ToJsonString());
        JsonObject second = await fixture.ExpectAsync(201, "POST", ConfigMaps, item.ToJsonString());
        Assert.StartsWith("made-", first.Name());
        Assert.NotEqual(first.Name(), second.Name());
    }

    [Fact]
    public async Task Update_with_an_old_version_is_a_conflict()
    {
        JsonObject made = await fixture.ExpectAsync(201, "POST", ConfigMaps, Samples.ConfigMap("old").ToJsonString());
        JsonObject changed = made.Copy();
        changed["data"] = new JsonObject { ["a"] = "2" };
        await fixture.ExpectAsync(200, "PUT", $"{ConfigMaps}/old", changed.ToJsonString());
        JsonObject status = await fixture.ExpectAsync(409, "PUT", $"{ConfigMaps}/old", changed.ToJsonString());
        Assert.Equal("Conflict", status.Text("reason"));
    }

    [Fact]
    public async Task Update_of_a_custom_resource_needs_a_version()
    {
        await fixture.ExpectAsync(201, "POST", ApiFixture.WidgetPath, Samples.Widget("nov").ToJsonString());
        JsonObject status = await fixture.ExpectAsync(422, "PUT", $"{ApiFixture.WidgetPath}/nov", Samples.Widget("nov").ToJsonString());
        Assert.Equal(
            "widgets.example.dev \"nov\" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update", status.Text("message"));
    }

    [Fact]
    public async Task A_write_without_a_change_is_not_a_write()
    {
        JsonObject made = await fixture.ExpectAsync(201, "POST", ConfigMaps, Samples.ConfigMap("same").ToJsonString());
        JsonObject again = await fixture.ExpectAsync(200, "PUT", $"{ConfigMaps}/same", made.ToJsonString());
        Assert.Equal(made.Text("metadata", "resourceVersion"), again.Text("metadata", "resourceVersion"));
    }

    [Fact]
    public async Task Generation_follows_the_specification_only()
    {
        JsonObject made = await fixture.ExpectAsync(201, "POST", ApiFixture.WidgetPath, Samples.Widget("gen").ToJsonString());
        Assert.Equal(1, made.Integer("metadata", "generation"));
        string path = $"{ApiFixture.WidgetPath}/gen";
        const string Merge = "application/merge-patch+json";
        JsonObject labelled = await fixture.ExpectAsync(200, "PATCH", path, """{"metadata":{"labels":{"a":"b"}}}""", Merge);
        Assert.Equal(1, labelled.Integer("metadata", "generation"));
        JsonObject status = await fixture.ExpectAsync(200, "PATCH", $"{path}/status", """{"status":{"replicas":2},"spec":{"size":9}}""", Merge);
        Assert.Equal(1, status.Integer("metadata", "generation"));
        Assert.Equal(1, status.Integer("spec", "size"));
        JsonObject sized = await fixture.ExpectAsync(200, "PATCH", path, """{"spec":{"size":3},"status":{"replicas":7}}""", Merge);
        Assert.Equal(2, sized.Integer("metadata", "generation"));
        Assert.Equal(2, sized.Integer("status", "replicas"));
    }

    [Fact]
    public async Task Dry_run_answers_but_stores_nothing()
    {
        JsonObject made = await fixture.ExpectAsync(201, "POST", $"{ConfigMaps}?dryRun=All", Samples.ConfigMap("dry").ToJsonString());
        Assert.NotEmpty(made.Uid());
        await fixture.ExpectAsync(404, "GET", $"{ConfigMaps}/dry");
    }

    [Fact]
    public async Task A_namespace_must_exist()
    {
        JsonObject status = await fixture.ExpectAsync(404, "POST", "/api/v1/namespaces/nowhere/configmaps", Samples.ConfigMap("x", "nowhere").ToJsonString());
        Assert.Equal("namespaces \"nowhere\" not found", status.Text("message"));
        JsonObject other = await fixture.ExpectAsync(400, "POST", ConfigMaps, Samples.ConfigMap("x", "other").ToJsonString());
        Assert.Equal("the namespace of the provided object does not match the namespace sent on the request", other.Text("message"));
    }

    [Fact]
    public async Task Without_a_credential_nothing_is_shown()
    {
        using HttpClientHandler handler = new() { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using HttpClient stranger = new(handler) { BaseAddress = fixture.Api.Address };
        using HttpResponseMessage refused = await stranger.GetAsync("/api/v1/pods", TestContext.Current.CancellationToken);
        Assert.Equal(401, (int)refused.StatusCode);
        using HttpResponseMessage healthy = await stranger.GetAsync("/healthz", TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)healthy.StatusCode);
    }
}
