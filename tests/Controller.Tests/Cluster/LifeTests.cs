using System.Text.Json.Nodes;
using ConfidentialOperator.Controller.Tests.Fixtures;

namespace ConfidentialOperator.Controller.Tests.Cluster;

/// <summary>A model from its creation to its service, and what that costs.</summary>
public sealed class LifeTests : IAsyncLifetime
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
    public async Task AModelBecomesAService()
    {
        await _cluster.ServeAsync();

        JsonObject status = _cluster.Find(TestCluster.Models)!["status"]!.AsObject();
        Assert.Equal("2/2", (string?)status["attested"]);
        Assert.Equal(2, (int?)status["attestedReplicas"]);
        Assert.Equal(2, (int?)status["replicas"]);
        Assert.Equal("7", status["trust"]!["policyVersion"]!.ToString());
        Assert.Equal("true", status["trust"]!["development"]!.ToString());
        Assert.Equal("https://triage-notes.clinic.svc/.well-known/ohttp-gateway", (string?)status["addresses"]![0]!["url"]);
        Assert.StartsWith("sha256:", (string?)status["initDataDigest"], StringComparison.Ordinal);
        Assert.Equal("False/Satisfied", _cluster.Condition("Reconciling"));
        Assert.Equal("False/Satisfied", _cluster.Condition("Stalled"));
        Assert.Equal(9, status["conditions"]!.AsArray().Count);
        Assert.NotNull(_cluster.Broker.PolicyOf(TestCluster.Model));
    }

    [Fact]
    public async Task ANewModelCostsItsChildrenTwoStatusesAndTheFinalizer()
    {
        // Everything but the roll-out has happened before the first pass, so no step in between is there to be told.
        _cluster.Broker.Accept(TestCluster.Model, """{"policyVersion":7}""");
        await _cluster.ServeAsync();
        await Eventually.IsQuiet(() => _cluster.Api.Requests.Entries.Count, TimeSpan.FromSeconds(0.6));

        string[] writes = [.. _cluster.Api.Requests.Entries.Where(entry => entry.IsWrite && entry.Resource != "events" && entry.UserAgent.Contains(TestCluster.Agent, StringComparison.Ordinal))
            .Select(entry => $"{entry.Verb} {entry.Resource} {entry.Subresource}".TrimEnd()).Order(StringComparer.Ordinal)];
        string[] expected =
        [
            $"patch {TestCluster.Models}", $"patch {TestCluster.Models} status", $"patch {TestCluster.Models} status",
            "patch configmaps", "patch deployments.apps", "patch networkpolicies.networking.k8s.io", "patch poddisruptionbudgets.policy", "patch services", "patch services",
        ];
        Assert.True(expected.Order(StringComparer.Ordinal).SequenceEqual(writes), string.Join(", ", writes));
    }

    [Fact]
    public async Task ASteadyStateCostsNoRequest()
    {
        await _cluster.ServeAsync();
        await Eventually.IsQuiet(() => _cluster.Api.Requests.Entries.Count, TimeSpan.FromSeconds(0.6));
        _cluster.Api.Requests.Clear();
        int asked = _cluster.Broker.Calls.Count;

        _controller.Queue.Add(new(TestCluster.Space, TestCluster.Model));
        await Eventually.IsTrue(() => _cluster.Broker.Calls.Count >= asked + 4);

        Assert.Empty(_cluster.Api.Requests.Entries);
    }

    [Fact]
    public async Task ARestartInASteadyStateWritesNothing()
    {
        await _cluster.ServeAsync();
        await Eventually.IsQuiet(() => _cluster.Api.Requests.Entries.Count, TimeSpan.FromSeconds(0.6));
        await _controller.DisposeAsync();
        _cluster.Api.Requests.Clear();
        int asked = _cluster.Broker.Calls.Count;

        _controller = await _cluster.RunAsync();
        await Eventually.IsTrue(() => _cluster.Broker.Calls.Count >= asked + 3);

        Assert.Equal(0, _cluster.Api.Requests.CountWrites(TestCluster.Agent));
    }

    [Fact]
    public async Task EventsTellTheStoryInOrder()
    {
        _cluster.MakeReferences();
        _cluster.MakeModel();
        await _cluster.Reaches("Ready", "Unknown/RollingOut");
        string[] pods = [_cluster.MakePod(ready: false), _cluster.MakePod(ready: false)];
        foreach (string pod in pods) _cluster.SetPod(pod, ready: true);
        await _cluster.Reaches("Ready", "Unknown/AwaitingAttestation");
        _cluster.Release(pods);
        await _cluster.Reaches("KeyReleased", "True/KeyReleased");
        _cluster.RollOut(2);
        await _cluster.Reaches("Ready", "True/Serving");

        await Eventually.IsTrue(() => Reasons().LastOrDefault() == "Serving");
        Assert.Equal(["RollingOut", "AwaitingAttestation", "KeyReleased", "Serving"], Reasons().Distinct());
    }

    [Fact]
    public async Task ScalingLeadsToAsManyAttestedReplicas()
    {
        string[] pods = await _cluster.ServeAsync();
        _cluster.Change(spec => spec["replicas"] = 3);
        await Eventually.IsTrue(() => (int?)_cluster.Find("deployments.apps")!["spec"]!["replicas"] == 3);
        await _cluster.Reaches("Ready", "Unknown/AwaitingAttestation");
        Assert.Equal("2/3", _cluster.Status("attested"));
        _cluster.Release([.. pods, _cluster.MakePod()]);
        _cluster.RollOut(3);
        await _cluster.Reaches("Ready", "True/Serving");
        Assert.Equal("3/3", _cluster.Status("attested"));
        Assert.Equal("3", _cluster.Status("replicas"));
    }

    [Fact]
    public async Task ManyModelsAreServed()
    {
        _cluster.MakeReferences();
        string[] names = [.. Enumerable.Range(0, 25).Select(index => $"model-{index}")];
        foreach (string name in names) _cluster.MakeModel(name: name);
        await Eventually.IsTrue(() => names.All(name => _cluster.Find("deployments.apps", name) is not null && _cluster.Condition("Ready", name).Length > 0));
        foreach (string name in names)
        {
            _cluster.Release([_cluster.MakePod(name: name), _cluster.MakePod(name: name)], name);
            _cluster.RollOut(2, name);
        }

        foreach (string name in names) await _cluster.Reaches("Ready", "True/Serving", name);
    }

    private string[] Reasons() => [.. _cluster.Api.Store.List("events", TestCluster.Space).Select(item => (string)item["reason"]!)];
}
