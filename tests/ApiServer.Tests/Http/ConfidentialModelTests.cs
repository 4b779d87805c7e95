using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.ApiServer.Tests.Http;

/// <summary>The project's own definition and examples.</summary>
public sealed class ConfidentialModelTests : IAsyncLifetime
{
    private const string Models = "confidentialmodels.confidential-operator.dev";

    private KubernetesApi _api = null!;

    private Store Store => _api.Store;

    public async ValueTask InitializeAsync()
    {
        _api = await KubernetesApi.StartAsync(new KubernetesApiOptions(), TestContext.Current.CancellationToken);
        Store.ApplyManifests(await File.ReadAllTextAsync(Repository("crds/confidentialmodels.yaml"), TestContext.Current.CancellationToken));
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public void Every_example_is_accepted()
    {
        string[] examples = Directory.GetFiles(Repository("crds/examples"), "*.yaml");
        Assert.NotEmpty(examples);
        foreach (JsonObject item in examples.SelectMany(path => BodyReader.ReadManifests(File.ReadAllText(path))))
        {
            if (item.Namespace().Length > 0) _api.CreateNamespace(item.Namespace());
            else item.Metadata()["namespace"] = "default";
            Assert.NotEmpty(Store.Create(item).Uid());
        }
    }

    [Fact]
    public void The_example_in_the_readme_is_accepted()
    {
        string readme = File.ReadAllText(Repository("README.md"));
        int start = readme.IndexOf("```yaml\n", StringComparison.Ordinal) + "```yaml\n".Length;
        JsonObject item = BodyReader.ReadManifests(readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)]).Single();
        _api.CreateNamespace(item.Namespace());
        Assert.NotEmpty(Store.Create(item).Uid());
    }

    [Theory]
    [InlineData("metadata.name", "\"a-name-that-is-longer-than-the-forty-characters\"", "metadata.name must not be longer than 40 characters")]
    [InlineData("spec.model.name", "\"Triage Notes\"", "spec.model.name: Invalid value: \"Triage Notes\"")]
    [InlineData("spec.model.task", "\"guess\"", "spec.model.task: Unsupported value: \"guess\"")]
    [InlineData("spec.model.uri", "\"http://models.example/m\"", "spec.model.uri must begin with oci://, s3://, https://, pvc:// or file://")]
    [InlineData("spec.model.uri", "\"oci://registry.example/models/m:v1\"", "an oci:// address must end with @sha256:")]
    [InlineData("spec.model.uri", "\"pvc://Claim\"", "a pvc:// address is pvc://CLAIM/PATH")]
    [InlineData("spec.model.manifestDigest", null, "spec.model.manifestDigest: Required value")]
    [InlineData("spec.model.manifestDigest", "\"sha256:e3fc\"", "spec.model.manifestDigest")]
    [InlineData("spec.model.confidential", null, "spec.model.confidential: Required value")]
    [InlineData("spec.model.confidential.resourceId", "\"kbs:///clinic/../v3\"", "spec.model.confidential.resourceId: Invalid value")]
    [InlineData("spec.tee.type", "\"sgx\"", "spec.tee.type: Unsupported value: \"sgx\"")]
    [InlineData("spec.tee", """{"type":"nitro","gpu":{"count":1}}""", "spec.tee.gpu needs spec.tee.type snp or tdx")]
    [InlineData("spec.tee.gpu", """{"count":1,"mode":"off"}""", "spec.tee.gpu.mode: Unsupported value: \"off\"")]
    [InlineData("spec.attestation.keyBroker.url", "\"http://broker.clinic.svc\"", "spec.attestation.keyBroker.url must begin with https://")]
    [InlineData("spec.attestation.trustPolicyRef", null, "spec.attestation.trustPolicyRef: Required value")]
    [InlineData("spec.runtime.image", "\"inference:latest\"", "spec.runtime.image must name the image by digest")]
    [InlineData("spec.runtime.sidecarImage", "\"sidecar:latest\"", "spec.runtime.sidecarImage must name the image by digest")]
    [InlineData("spec.access", """{"mode":"keys"}""", "spec.access.callersResourceId is needed when spec.access.mode is keys")]
    [InlineData("spec.access.mode", "\"open\"", "spec.access.callersResourceId has no meaning when spec.access.mode is open")]
    [InlineData("spec.access", null, "spec.access: Required value")]
    [InlineData("spec.scaling", """{"minReplicas":1,"maxReplicas":2}""", "give either replicas or scaling, not both")]
    [InlineData("spec.replicas", "-1", "spec.replicas: Invalid value: -1")]
    [InlineData("spec.replicas", "\"two\"", "spec.replicas: Invalid value: \"string\"")]
    [InlineData("spec.unheard", "1", "unknown field \"spec.unheard\"")]
    [InlineData("spec.runtime.imagge", "1", "unknown field \"spec.runtime.imagge\"")]
    public void Mistakes_are_told(string path, string? value, string expected)
    {
        JsonObject item = Example();
        if (value is null) Remove(item, path);
        else item.SetDotted(path, JsonNode.Parse(value));
        Assert.Contains(expected, Assert.Throws<ApiStatusException>(() => Store.Create(item)).Message);
        Assert.Null(Store.Get(Models, "clinic", "triage-notes"));
    }

    [Fact]
    public void Bounds_of_scaling_must_fit_each_other()
    {
        JsonObject item = Example();
        Remove(item, "spec.replicas");
        item.SetDotted("spec.scaling", JsonNode.Parse("""{"minReplicas":3,"maxReplicas":2}"""));
        Assert.Contains("spec.scaling.minReplicas must not be greater than spec.scaling.maxReplicas",
            Assert.Throws<ApiStatusException>(() => Store.Create(item)).Message);
    }

    [Theory]
    [InlineData("spec.model.name", "\"another\"", "spec.model.name cannot be changed")]
    [InlineData("spec.tee.type", "\"tdx\"", "spec.tee.type cannot be changed")]
    public void What_guests_and_policies_are_made_for_stays(string path, string value, string expected)
    {
        JsonObject item = Example();
        item.SetDotted("spec.model.name", "triage-notes");
        Store.Create(item);
        Assert.Contains(expected, Assert.Throws<ApiStatusException>(
            () => Store.Modify(Models, "clinic", "triage-notes", made => made.SetDotted(path, JsonNode.Parse(value)))).Message);
    }

    /// <summary>A rule that nobody broke in the tests above could have any text.</summary>
    [Fact]
    public void Every_rule_has_a_message_that_a_test_has_seen()
    {
        string[] messages = [.. File.ReadLines(Repository("crds/confidentialmodels.yaml")).Select(line => line.TrimStart(' ', '-'))
            .Where(line => line.StartsWith("message: ", StringComparison.Ordinal)).Select(line => line["message: ".Length..].Trim('"'))];
        string[] seen = [.. typeof(ConfidentialModelTests).GetMethods().SelectMany(method => method.GetCustomAttributes(typeof(InlineDataAttribute), inherit: false))
            .Select(data => (string)((InlineDataAttribute)data).Data[2]!), "spec.scaling.minReplicas must not be greater"];
        Assert.True(messages.Length > 10, "the definition has rules");
        Assert.DoesNotContain(messages, message => !seen.Any(text => message.StartsWith(text, StringComparison.Ordinal)));
    }

    private JsonObject Example()
    {
        _api.CreateNamespace("clinic");
        return BodyReader.ReadManifests(File.ReadAllText(Repository("crds/examples/snp.yaml"))).Single(one => one.Text("kind") == "ConfidentialModel");
    }

    private static void Remove(JsonObject item, string path)
    {
        string[] names = path.Split('.');
        JsonObject at = names[..^1].Aggregate(item, (parent, name) => parent[name]!.AsObject());
        Assert.True(at.Remove(names[^1]));
    }

    private static string Repository(string path)
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "ConfidentialOperator.sln"))) at = at.Parent;
        return Path.Combine(at!.FullName, path);
    }
}
