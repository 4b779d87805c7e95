using ConfidentialOperator.ApiServer.Faults;
using ConfidentialOperator.Controller.Tests.Fixtures;

namespace ConfidentialOperator.Controller.Tests.Cluster;

/// <summary>Whatever the API server does, the model is served in the end and nothing is written twice.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private static readonly (string Verb, string Resource, string Subresource)[] s_writes =
    [
        ("patch", TestCluster.Models, ""), ("patch", "configmaps", ""), ("patch", "networkpolicies.networking.k8s.io", ""), ("patch", "services", ""),
        ("patch", "poddisruptionbudgets.policy", ""), ("patch", "deployments.apps", ""), ("patch", TestCluster.Models, "status"), ("create", "events", ""),
    ];

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

    [Theory]
    [InlineData(409)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task EveryWriteMayFailFirst(int status)
    {
        foreach ((string verb, string resource, string subresource) in s_writes)
        {
            _cluster.Api.Faults.Add(new Fault { Verb = verb, Resource = resource, Subresource = subresource, Status = status, RetryAfterSeconds = 0 }, 2);
        }

        await _cluster.ServeAsync();
        await Eventually.IsTrue(() => _cluster.Api.Faults.Pending == 0);
    }

    [Fact]
    public async Task EveryWriteMaySucceedWithoutAnAnswer()
    {
        foreach ((string verb, string resource, string subresource) in s_writes)
        {
            _cluster.Api.Faults.Add(new Fault { Verb = verb, Resource = resource, Subresource = subresource, AfterTheFact = true, Disconnect = true });
        }

        await _cluster.ServeAsync();
    }

    [Fact]
    public async Task RetryAfterIsHonoured()
    {
        await Eventually.IsTrue(() => _controller.Loop.IsReady);
        _cluster.Api.Faults.Throttle(2, 1, "patch", "configmaps");
        long start = TimeProvider.System.GetTimestamp();
        await _cluster.ServeAsync();
        Assert.True(TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(1.8));
        Assert.Equal(2, _cluster.Api.Requests.Count("patch", "configmaps", userAgent: TestCluster.Agent));
    }

    [Fact]
    public async Task SlowWritesAreWaitedFor()
    {
        _cluster.Api.Faults.Slow(TimeSpan.FromMilliseconds(300), 20, "patch");
        await _cluster.ServeAsync();
        Assert.Equal(1, _cluster.Api.Requests.Count("patch", "deployments.apps", userAgent: TestCluster.Agent));
    }

    [Fact]
    public async Task DroppedWatchesAreNotNoticed()
    {
        for (int round = 0; round < 5; round++) _cluster.Api.Faults.DropWatches();
        Task served = _cluster.ServeAsync();
        for (int round = 0; round < 5; round++)
        {
            _cluster.Api.Faults.DropWatches();
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await served;
    }

    [Fact]
    public async Task ForgottenVersionsAreListedAnew()
    {
        await _cluster.ServeAsync();
        _cluster.Api.Faults.GoAway();
        _cluster.Change(spec => spec["replicas"] = 1);
        _cluster.Api.Store.Compact();
        _cluster.Api.Faults.ComeBack();
        await Eventually.IsTrue(() => (int?)_cluster.Find("deployments.apps")!["spec"]!["replicas"] == 1);
    }

    [Fact]
    public async Task AServerThatIsAwayIsSurvived()
    {
        await _cluster.ServeAsync();
        await Eventually.IsQuiet(() => _cluster.Api.Requests.Entries.Count, TimeSpan.FromSeconds(0.5));
        _cluster.Api.Faults.GoAway();
        _cluster.Api.Store.Delete("services", TestCluster.Space, TestCluster.Model);
        _cluster.Change(spec => spec["replicas"] = 1);
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.Null(_cluster.Find("services"));
        _cluster.Api.Faults.ComeBack();
        await Eventually.IsTrue(() => _cluster.Find("services") is not null && (int?)_cluster.Find("deployments.apps")!["spec"]!["replicas"] == 1);
        _cluster.RollOut(1);
    }

    [Fact]
    public async Task AnObjectThatTheServerDoesNotTakeIsSaid()
    {
        await Eventually.IsTrue(() => _controller.Loop.IsReady);
        _cluster.Api.Faults.Fail(403, 3, "patch", "deployments.apps");
        _cluster.MakeReferences();
        _cluster.MakeModel();
        await _cluster.Reaches("WorkloadsReady", "False/NotAuthorized");
        await Eventually.IsTrue(() => _cluster.Find("deployments.apps") is not null);
        await _cluster.Reaches("WorkloadsReady", "Unknown/RollingOut");
    }
}
