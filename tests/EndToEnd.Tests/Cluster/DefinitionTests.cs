using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.EndToEnd.Tests.Running;
using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Reading;

namespace ConfidentialOperator.EndToEnd.Tests.Cluster;

/// <summary>A real API server takes the definition, explains it, and judges resources as we do.</summary>
public sealed class DefinitionTests(RealCluster cluster) : IAsyncLifetime
{
    public static TheoryData<string> Examples => [.. Samples.Examples];

    public ValueTask InitializeAsync()
    {
        cluster.Need();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task TheDefinitionIsEstablished()
    {
        JsonObject definition = await cluster.Kubectl.JsonAsync("get", "crd", "confidentialmodels.confidential-operator.dev");
        string[] conditions = [.. definition["status"]!["conditions"]!.AsArray().Select(one => $"{one!["type"]}={one["status"]}").Order(StringComparer.Ordinal)];
        Assert.Equal(["Established=True", "NamesAccepted=True"], conditions);
        Assert.Equal("cfm", (string?)definition["status"]!["acceptedNames"]!["shortNames"]![0]);
    }

    [Theory]
    [InlineData("confidentialmodel.spec.tee", "type", "gpu")]
    [InlineData("cfm.spec.attestation", "keyBroker", "trustPolicyRef", "reattestInterval")]
    [InlineData("cfm.status", "conditions", "initDataDigest", "attested")]
    public async Task ExplainTellsEveryField(string path, params string[] fields)
    {
        string text = await cluster.Kubectl.RunAsync("explain", path);
        Assert.Contains("ConfidentialModel", text);
        Assert.All(fields, field => Assert.Matches($@"(?m)^\s+{field}\s+<", text));
        Assert.DoesNotContain("<no description>", text);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task AnExampleIsAccepted(string example)
    {
        foreach (string space in Samples.Example(example).Select(item => (string)item["metadata"]!["namespace"]!).Distinct())
        {
            await cluster.Kubectl.ApplyAsync(Samples.Namespace(space));
        }

        JsonObject accepted = await cluster.Kubectl.JsonAsync("apply", "--server-side", "--dry-run=server", "-f", Samples.ExamplePath(example));
        Assert.Equal("ConfidentialModel", (string?)accepted["kind"]);
        Assert.NotEmpty((string)accepted["metadata"]!["uid"]!);
        Assert.True(ConfidentialModelReader.TryRead(Without(accepted, "status"), out ConfidentialModel? model, out IReadOnlyList<FieldError> errors), string.Join("; ", errors));
        Assert.Equal((string?)accepted["spec"]!["tee"]!["type"], model.Spec.Tee.Type);
    }

    [Theory]
    [InlineData("runtime", """{"image":"inference:latest"}""", "spec.runtime.image")]
    [InlineData("scaling", """{"minReplicas":1,"maxReplicas":2}""", "spec.scaling")]
    [InlineData("access", """{"mode":"open"}""", "spec.access.callersResourceId")]
    public async Task AMistakeIsToldAsOurOwnServerAndOurReaderTellIt(string member, string change, string path)
    {
        const string Space = "mistakes";
        await cluster.Kubectl.ApplyAsync(Samples.Namespace(Space));
        JsonObject wrong = Samples.Model(Space, "wrong");
        JsonObject target = wrong["spec"]![member] as JsonObject ?? [];
        foreach ((string name, JsonNode? value) in JsonNode.Parse(change)!.AsObject()) target[name] = value!.DeepClone();
        wrong["spec"]![member] = target.DeepClone();

        ToolResult real = await cluster.Kubectl.TryAsync(wrong, "create", "-f", "-");
        Assert.NotEqual(0, real.Code);
        Assert.Equal(await RefusalOfOurServerAsync(wrong), real.Errors.Trim());

        Assert.False(ConfidentialModelReader.TryRead(wrong, out _, out IReadOnlyList<FieldError> errors));
        FieldError error = Assert.Single(errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(error.Message, real.Errors);
    }

    /// <summary>Gets what the tests' own API server answers, as kubectl shows it.</summary>
    private static async Task<string> RefusalOfOurServerAsync(JsonObject wrong)
    {
        await using KubernetesApi api = await KubernetesApi.StartAsync(new KubernetesApiOptions(), TestContext.Current.CancellationToken);
        api.Store.ApplyManifests(await File.ReadAllTextAsync(Places.InRepository("crds", "confidentialmodels.yaml"), TestContext.Current.CancellationToken));
        api.CreateNamespace((string)wrong["metadata"]!["namespace"]!);
        ApiStatusException refusal = Assert.Throws<ApiStatusException>(() => api.Store.Create(wrong.DeepClone().AsObject()));
        JsonNode cause = Assert.Single(refusal.Details!["causes"]!.AsArray())!;
        return $"The ConfidentialModel \"{wrong["metadata"]!["name"]}\" is invalid: {cause["field"]}: {cause["message"]}";
    }

    private static JsonObject Without(JsonObject item, string member)
    {
        JsonObject copy = item.DeepClone().AsObject();
        copy.Remove(member);
        return copy;
    }
}
