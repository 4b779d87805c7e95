using System.Text.Json.Nodes;
using ConfidentialOperator.Controller.Tests.Fixtures;

namespace ConfidentialOperator.Controller.Tests.Cluster;

/// <summary>What is missing is said, nothing is made meanwhile, and it goes on by itself once it is there.</summary>
public sealed class PreconditionTests : IAsyncLifetime
{
    private TestCluster _cluster = null!;
    private RunningController _controller = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync();
        _controller = await _cluster.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _controller.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task AWrongFieldIsNamed()
    {
        _cluster.MakeReferences();
        _cluster.MakeModel(spec =>
        {
            spec["attestation"]!["reattestInterval"] = "30s";
            spec["placement"] = new JsonObject { ["runtimeClassName"] = "kata-qemu-snp-debug" };
        });
        await _cluster.Reaches("SpecValid", "False/SpecInvalid");
        Assert.Contains("spec.attestation.reattestInterval", _cluster.Message("Ready"), StringComparison.Ordinal);
        Assert.Contains("spec.placement.runtimeClassName", _cluster.Message("Ready"), StringComparison.Ordinal);
        Assert.Equal("True/SpecInvalid", _cluster.Condition("Stalled"));
        await _cluster.IsSaidEverywhere(_controller, "SpecInvalid", "spec.attestation.reattestInterval");
        NothingIsMade();

        _cluster.Change(spec =>
        {
            spec["attestation"]!["reattestInterval"] = "1h";
            spec.Remove("placement");
        });
        await _cluster.Reaches("SpecValid", "True/Satisfied");
        await Eventually.IsTrue(() => _cluster.Find("deployments.apps") is not null);
    }

    [Fact]
    public async Task ReferencesAreAwaited()
    {
        _cluster.MakeModel();
        await _cluster.Reaches("AttestationReady", "False/ReferenceNotFound");
        Assert.Equal("Secret broker-ca does not exist in namespace clinic.", _cluster.Message("AttestationReady"));
        _cluster.MakeAuthority();
        await Eventually.IsTrue(() => _cluster.Message("AttestationReady") == "ConfigMap triage-notes-policy does not exist in namespace clinic.");
        NothingIsMade();
        _cluster.MakePolicy("{}");
        await Eventually.IsTrue(() => _cluster.Find("deployments.apps") is not null);
        await _cluster.Reaches("Ready", "Unknown/RollingOut");
    }

    [Theory]
    [InlineData("another-key", "{}")]
    [InlineData("policy.dsse.json", "no envelope")]
    public async Task APolicyObjectWithoutAnEnvelopeIsSaid(string key, string text)
    {
        _cluster.MakeAuthority();
        _cluster.Api.Store.Create(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = "triage-notes-policy", ["namespace"] = TestCluster.Space },
            ["data"] = new JsonObject { [key] = text },
        });
        _cluster.MakeModel();
        await _cluster.Reaches("Ready", "False/TrustPolicyMissing");
        NothingIsMade();
    }

    [Fact]
    public async Task TheRuntimeClassIsAwaited()
    {
        _cluster.MakeReferences();
        _cluster.Api.Store.Delete("runtimeclasses", "", "kata-qemu-snp");
        await Eventually.IsTrue(() => _controller.Loop.IsReady && _controller.View.RuntimeClasses.Count == 0);
        _cluster.MakeModel();
        await _cluster.Reaches("PlacementReady", "False/RuntimeClassNotFound");
        NothingIsMade();
        _cluster.MakeRuntimeClass("kata-qemu-snp");
        await _cluster.Reaches("PlacementReady", "True/Satisfied");
        await Eventually.IsTrue(() => _cluster.Find("deployments.apps") is not null);
    }

    [Fact]
    public async Task ASourceThatCannotBeFetchedIsSaid()
    {
        _cluster.MakeReferences();
        _cluster.MakeModel(spec => spec["model"]!["uri"] = "s3://models/triage-notes");
        await _cluster.Reaches("ModelResolved", "False/ModelSourceUnsupported");
        NothingIsMade();
    }

    [Fact]
    public async Task AForeignObjectIsNeverAdopted()
    {
        JsonObject foreign = new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = "triage-notes-initdata", ["namespace"] = TestCluster.Space },
            ["data"] = new JsonObject { ["mine"] = "yes" },
        };
        _cluster.Api.Store.Create(foreign);
        _cluster.MakeReferences();
        _cluster.MakeModel();
        await _cluster.Reaches("WorkloadsReady", "False/NameTaken");
        Assert.Contains("ConfigMap triage-notes-initdata", _cluster.Message("Ready"), StringComparison.Ordinal);
        NothingIsMade();
        JsonObject untouched = _cluster.Find("configmaps", "triage-notes-initdata")!;
        Assert.Equal("""{"mine":"yes"}""", untouched["data"]!.ToJsonString());
        Assert.Null(untouched["metadata"]!["ownerReferences"]);

        _cluster.Api.Store.Delete("configmaps", TestCluster.Space, "triage-notes-initdata");
        await Eventually.IsTrue(() => _cluster.Find("deployments.apps") is not null);
    }

    private void NothingIsMade()
    {
        Assert.Null(_cluster.Find("deployments.apps"));
        Assert.Null(_cluster.Find("services"));
        Assert.Null(_cluster.Find(TestCluster.Models)!["metadata"]!["finalizers"]);
        Assert.DoesNotContain(_cluster.Broker.Calls, call => call.StartsWith("PUT", StringComparison.Ordinal));
    }
}
