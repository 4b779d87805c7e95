using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tests.Storage;

/// <summary>One kind in two versions, and definitions that come and go.</summary>
public sealed class VersionTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: things.two.dev}
        spec:
          group: two.dev
          scope: Cluster
          names: {plural: things, kind: Thing}
          versions:
          - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
          - {name: v1beta1, served: true, storage: false, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
        """;

    [Fact]
    public async Task Both_versions_show_the_same_object()
    {
        fixture.Api.Store.ApplyManifests(Definition);
        await fixture.ExpectAsync(201, "POST", "/apis/two.dev/v1beta1/things", """{"apiVersion":"two.dev/v1beta1","kind":"Thing","metadata":{"name":"t"},"spec":{"a":1}}""");
        JsonObject other = await fixture.ExpectAsync(200, "GET", "/apis/two.dev/v1/things/t");
        Assert.Equal(("two.dev/v1", 1L), (other.Text("apiVersion")!, other.Integer("spec", "a")!.Value));
        JsonObject listed = await fixture.ExpectAsync(200, "GET", "/apis/two.dev/v1/things");
        Assert.Equal("two.dev/v1", listed.Items("items").Single().Text("apiVersion"));
        Assert.Equal("v1", (await fixture.ExpectAsync(200, "GET", "/apis/two.dev")).Text("preferredVersion", "version"));
    }

    [Fact]
    public async Task A_definition_takes_its_objects_along()
    {
        fixture.Api.Store.ApplyManifests(Definition.Replace("two.dev", "gone.dev", StringComparison.Ordinal));
        await fixture.ExpectAsync(201, "POST", "/apis/gone.dev/v1/things", """{"metadata":{"name":"t"}}""");
        await using WatchReader watch = await WatchReader.OpenAsync(fixture, "/apis/gone.dev/v1/things?watch=true");
        Assert.Equal(("ADDED", "t"), await watch.NextAsync());
        await fixture.ExpectAsync(200, "DELETE", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.gone.dev");
        Assert.Equal(("DELETED", "t"), await watch.NextAsync());
        Assert.Null(await watch.ReadAsync());
        await fixture.ExpectAsync(404, "GET", "/apis/gone.dev/v1/things");
    }

    [Fact]
    public void A_definition_must_be_named_after_its_kind()
    {
        JsonObject definition = BodyReader.ReadManifests(Definition).Single();
        definition.Metadata()["name"] = "other.two.dev";
        Assert.Contains("metadata.name: Invalid value", Assert.Throws<ConfidentialOperator.ApiServer.Errors.ApiStatusException>(() => fixture.Api.Store.Create(definition)).Message);
    }

    [Fact]
    public void A_rule_may_only_point_to_what_the_schema_has()
    {
        string text = Samples.Definition.Replace("required: [spec]", "x-kubernetes-validations: [{rule: 'true', fieldPath: .metadata.name}]", StringComparison.Ordinal);
        JsonObject definition = BodyReader.ReadManifests(text.Replace("example.dev", "pointing.dev", StringComparison.Ordinal)).Single();
        Assert.Contains(
            "x-kubernetes-validations[0].fieldPath: Invalid value: \".metadata.name\": must be a valid path",
            Assert.Throws<ConfidentialOperator.ApiServer.Errors.ApiStatusException>(() => fixture.Api.Store.Create(definition)).Message);
    }
}
