using ConfidentialOperator.ApiServer.Writes;
using ConfidentialOperator.Controller.Tests.Fixtures;

namespace ConfidentialOperator.Controller.Tests.Cluster;

/// <summary>A deleted model leaves nothing behind, here and at the broker, and is never held for ever.</summary>
public sealed class DeletionTests : IAsyncLifetime
{
    private const string Revocation = "DELETE /v1/tenants/clinic/models/triage-notes/sessions";
    private TestCluster _cluster = null!;
    private RunningController? _controller;

    public async ValueTask InitializeAsync() => _cluster = await TestCluster.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_controller is not null) await _controller.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task PodsGoThenSessionsThenEverything()
    {
        _controller = await _cluster.RunAsync();
        string[] pods = await _cluster.ServeAsync();
        _cluster.Api.Store.Delete(TestCluster.Models, TestCluster.Space, TestCluster.Model);
        await Eventually.IsTrue(() => _cluster.Find("deployments.apps") is null);
        await _cluster.Reaches("Ready", "False/Deleting");
        Assert.DoesNotContain(Revocation, _cluster.Broker.Calls);
        RemovePods(pods);
        await Eventually.IsTrue(() => _cluster.Find(TestCluster.Models) is null);
        Assert.Contains(Revocation, _cluster.Broker.Calls);
        await NothingIsLeft();
    }

    [Fact]
    public async Task ABrokerThatIsGoneIsWaitedForOnlyUntilTheDeadline()
    {
        _controller = await _cluster.RunAsync(("FinalizerDeadline", "00:00:03"));
        string[] pods = await _cluster.ServeAsync();
        _cluster.Broker.IsAway = true;
        _cluster.Api.Store.Delete(TestCluster.Models, TestCluster.Space, TestCluster.Model);
        RemovePods(pods);
        await Eventually.IsTrue(() => _cluster.Find(TestCluster.Models) is null);
        await Eventually.IsTrue(() => _cluster.Api.Store.List("events", TestCluster.Space).Any(item =>
            (string?)item["type"] == "Warning" && (string?)item["reason"] == "KeyBrokerUnavailable"
            && ((string)item["message"]!).Contains("let go", StringComparison.Ordinal)));
        await NothingIsLeft();
    }

    [Fact]
    public async Task PodsThatDoNotGoAreWaitedForOnlyHalfOfTheDeadline()
    {
        _controller = await _cluster.RunAsync(("FinalizerDeadline", "00:00:04"));
        await _cluster.ServeAsync();
        _cluster.Api.Store.Delete(TestCluster.Models, TestCluster.Space, TestCluster.Model);
        await Eventually.IsTrue(() => _cluster.Find(TestCluster.Models) is null);
        Assert.Contains(Revocation, _cluster.Broker.Calls);
    }

    [Fact]
    public async Task AModelThatWasNeverGoodIsGoneAtOnce()
    {
        _controller = await _cluster.RunAsync();
        _cluster.MakeModel();
        await _cluster.Reaches("Ready", "False/ReferenceNotFound");
        _cluster.Api.Store.Delete(TestCluster.Models, TestCluster.Space, TestCluster.Model);
        await Eventually.IsTrue(() => _cluster.Find(TestCluster.Models) is null);
        Assert.Empty(_cluster.Broker.Calls);
    }

    [Fact]
    public async Task AModelDeletedWhileNobodyWatchedIsLetGoAfterTheRestart()
    {
        _controller = await _cluster.RunAsync();
        string[] pods = await _cluster.ServeAsync();
        await _controller.DisposeAsync();
        _controller = null;
        _cluster.Api.Store.Delete(TestCluster.Models, TestCluster.Space, TestCluster.Model);
        RemovePods(pods);
        Assert.NotNull(_cluster.Find(TestCluster.Models));
        _controller = await _cluster.RunAsync();
        await Eventually.IsTrue(() => _cluster.Find(TestCluster.Models) is null);
        Assert.Contains(Revocation, _cluster.Broker.Calls);
    }

    [Fact]
    public async Task ASuccessorOfTheSameNameIsServedAnew()
    {
        _controller = await _cluster.RunAsync();
        RemovePods(await _cluster.ServeAsync());
        _cluster.Api.Store.Delete(TestCluster.Models, TestCluster.Space, TestCluster.Model);
        await Eventually.IsTrue(() => _cluster.Find(TestCluster.Models) is null);
        await NothingIsLeft();
        await _cluster.ServeAsync();
    }

    private void RemovePods(string[] pods)
    {
        foreach (string pod in pods) _cluster.Api.Store.Delete("pods", TestCluster.Space, pod, new RemovalOptions { GracePeriodSeconds = 0 });
    }

    private Task NothingIsLeft() => Eventually.IsTrue(() => TestCluster.Children.All(resource =>
        _cluster.Api.Store.List(resource, TestCluster.Space, "app.kubernetes.io/managed-by=confidential-operator").Count == 0));
}
