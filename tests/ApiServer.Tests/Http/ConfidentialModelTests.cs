using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.ApiServer.Tests.Http;

/// <summary>The project's own definition and examples.</summary>
public sealed class ConfidentialModelTests : IAsyncLifetime
{
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

    [Theory]
    [InlineData("metadata.name", "\"a-name-that-is-longer-than-the-forty-characters\"", "metadata.name must not be longer than 40 characters")]
    [InlineData("spec.tee.type", "\"sgx\"", "spec.tee.type: Unsupported value: \"sgx\"")]
    [InlineData("spec.runtime.image", "\"inference:latest\"", "by digest")]
    [InlineData("spec.scaling", """{"minReplicas":1,"maxReplicas":2}""", "either replicas or scaling")]
    [InlineData("spec.unheard", "1", "unknown field \"spec.unheard\"")]
    public void Mistakes_are_told(string path, string value, string expected)
    {
        _api.CreateNamespace("clinic");
        JsonObject item = BodyReader.ReadManifests(File.ReadAllText(Repository("crds/examples/snp.yaml"))).Single(one => one.Text("kind") == "ConfidentialModel");
        item.SetDotted(path, JsonNode.Parse(value));
        Assert.Contains(expected, Assert.Throws<ApiStatusException>(() => Store.Create(item)).Message);
    }

    private static string Repository(string path)
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "ConfidentialOperator.sln"))) at = at.Parent;
        return Path.Combine(at!.FullName, path);
    }
}
