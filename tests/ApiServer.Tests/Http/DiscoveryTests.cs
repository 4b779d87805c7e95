using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tests.Http;

public sealed class DiscoveryTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

    [Fact]
    public async Task Groups_versions_and_resources_are_listed()
    {
        JsonObject groups = await fixture.ExpectAsync(200, "GET", "/apis");
        Assert.Contains("example.dev", groups.Items("groups").Select(group => group.Text("name")));
        JsonObject group = await fixture.ExpectAsync(200, "GET", "/apis/example.dev");
        Assert.Equal("example.dev/v1alpha1", group.Text("preferredVersion", "groupVersion"));
        JsonObject resources = await fixture.ExpectAsync(200, "GET", "/apis/example.dev/v1alpha1");
        Assert.Equal(["widgets", "widgets/status", "widgets/scale"], resources.Items("resources").Select(resource => resource.Text("name")));
        Assert.Equal("""["wd"]""", resources.Items("resources").First()["shortNames"]!.ToJsonString());
        Assert.Contains("pods", (await fixture.ExpectAsync(200, "GET", "/api/v1")).Items("resources").Select(resource => resource.Text("name")));
        Assert.Equal("v1", (await fixture.ExpectAsync(200, "GET", "/api"))["versions"]![0].AsText());
    }

    [Fact]
    public async Task Aggregated_discovery_has_all_in_one()
    {
        JsonObject all = await fixture.ExpectAsync(200, "GET", "/apis", accept: Aggregated);
        Assert.Equal("APIGroupDiscoveryList", all.Text("kind"));
        JsonObject version = all.Items("items").Single(group => group.Text("metadata", "name") == "example.dev").Items("versions").Single();
        JsonObject widgets = version.Items("resources").Single();
        Assert.Equal(("widgets", "Widget", "Namespaced"), (widgets.Text("resource")!, widgets.Text("responseKind", "kind")!, widgets.Text("scope")!));
        Assert.Equal(["status", "scale"], widgets.Items("subresources").Select(sub => sub.Text("subresource")));
        JsonObject core = await fixture.ExpectAsync(200, "GET", "/api", accept: Aggregated);
        Assert.Contains("pods", core.Items("items").Single().Items("versions").Single().Items("resources").Select(resource => resource.Text("resource")));
    }

    [Fact]
    public async Task OpenApi_has_a_document_per_version_with_every_reference_resolved()
    {
        JsonObject index = await fixture.ExpectAsync(200, "GET", "/openapi/v3");
        foreach ((string path, JsonNode? entry) in index["paths"]!.AsObject())
        {
            JsonObject document = await fixture.ExpectAsync(200, "GET", entry.Text("serverRelativeURL")!);
            JsonObject schemas = document["components"]!["schemas"]!.AsObject();
            foreach (string reference in References(document))
                Assert.True(schemas.ContainsKey(reference["#/components/schemas/".Length..]), $"{path}: {reference}");
        }
    }

    [Fact]
    public async Task OpenApi_tells_what_a_patch_may_carry()
    {
        JsonObject document = await fixture.ExpectAsync(200, "GET", "/openapi/v3/apis/example.dev/v1alpha1");
        JsonNode? patch = document.Find("paths", "/apis/example.dev/v1alpha1/namespaces/{namespace}/widgets/{name}", "patch");
        Assert.Equal("Widget", patch.Text("x-kubernetes-group-version-kind", "kind"));
        Assert.Superset(new HashSet<string?> { "dryRun", "fieldValidation" }, patch.Items("parameters").Select(parameter => parameter.Text("name")).ToHashSet());
        Assert.Equal("Which type it is.", document.Text("components", "schemas", "dev.example.v1alpha1.Widget", "properties", "spec", "properties", "type", "description"));
    }

    [Fact]
    public async Task Access_reviews_allow()
    {
        JsonObject review = await fixture.ExpectAsync(201, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            """{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"verb":"get","resource":"pods"}}}""");
        Assert.True(review.Find("status", "allowed")!.GetValue<bool>());
    }

    [Fact]
    public async Task A_definition_with_a_broken_rule_is_refused()
    {
        string broken = Samples.Definition.Replace("self.size <= 10", "self.size <=", StringComparison.Ordinal);
        JsonObject status = await fixture.ExpectAsync(
            422, "PATCH", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.dev?fieldManager=x&force=true", broken, "application/apply-patch+yaml");
        Assert.Contains("x-kubernetes-validations: Invalid value", status.Text("message"));
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject item => item.SelectMany(pair => pair.Key == "$ref" && pair.Value.AsText() is { } target ? [target] : References(pair.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
