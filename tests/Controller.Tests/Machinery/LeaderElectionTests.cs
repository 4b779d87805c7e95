using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Controller.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConfidentialOperator.Controller.Tests.Machinery;

public sealed class LeaderElectionTests : IAsyncLifetime
{
    private KubernetesApi _api = null!;
    private ApiConnection _connection = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await KubernetesApi.StartAsync(new KubernetesApiOptions(), Cancelled);
        _connection = new ApiConnection(ApiConnection.Configure(_api.KubeconfigPath));
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task OneLeadsUntilItGivesTheLeaseBack()
    {
        LeaderElection one = Make("one");
        LeaderElection two = Make("two");
        await one.AcquireAsync(Cancelled);
        Task waiting = two.AcquireAsync(Cancelled);
        using CancellationTokenSource stop = new();
        Task<bool> held = one.HoldAsync(stop.Token);
        string? renewed = RenewTime();
        await Eventually.IsTrue(() => RenewTime() != renewed);
        Assert.False(waiting.IsCompleted);
        Assert.Equal("one", Holder());
        await stop.CancelAsync();
        Assert.False(await held);
        await one.ReleaseAsync();
        Assert.False(one.IsLeader);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        Assert.Equal("two", Holder());
        Assert.Equal(2, (int?)Lease()["spec"]!["leaseTransitions"]);
    }

    [Fact]
    public async Task ALeaseThatNobodyRenewsIsTakenOverAfterItsDuration()
    {
        await Make("one").AcquireAsync(Cancelled);
        LeaderElection two = Make("two");
        long start = TimeProvider.System.GetTimestamp();
        await two.AcquireAsync(Cancelled).WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromSeconds(4));
        Assert.Equal("two", Holder());
    }

    [Fact]
    public async Task LeadershipIsLostOnlyAfterTheDeadline()
    {
        LeaderElection one = Make("one");
        await one.AcquireAsync(Cancelled);
        Task<bool> held = one.HoldAsync(Cancelled);
        _api.Faults.Fail(500, 2, resource: "leases.coordination.k8s.io");
        await Eventually.IsTrue(() => _api.Faults.Pending == 0);
        Assert.True(one.IsLeader);
        _api.Faults.GoAway();
        Assert.True(await held.WaitAsync(TimeSpan.FromSeconds(60), Cancelled));
        Assert.False(one.IsLeader);
    }

    [Fact]
    public async Task ALeaseThatSomebodyElseTookIsLost()
    {
        LeaderElection one = Make("one");
        await one.AcquireAsync(Cancelled);
        Task<bool> held = one.HoldAsync(Cancelled);
        await Eventually.IsTrue(() => _api.Store.Modify("leases", "default", "test", lease => lease["spec"]!["holderIdentity"] = "thief") is not null);
        Assert.True(await held.WaitAsync(TimeSpan.FromSeconds(60), Cancelled));
        await one.ReleaseAsync();
        Assert.Equal("thief", Holder());
    }

    [Fact]
    public async Task AServerThatIsAwayIsWaitedFor()
    {
        _api.Faults.GoAway();
        Task acquired = Make("one").AcquireAsync(Cancelled);
        await Task.Delay(TimeSpan.FromMilliseconds(200), Cancelled);
        Assert.False(acquired.IsCompleted);
        _api.Faults.ComeBack();
        await acquired.WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
    }

    private LeaderElection Make(string identity) => new(
        new ApiClient(_connection, Instruments.Make(), TimeSpan.FromSeconds(2), TimeProvider.System),
        new LeaseTerms("default", "test", identity)
        {
            Duration = TimeSpan.FromSeconds(4),
            RenewDeadline = TimeSpan.FromSeconds(3),
            RetryPeriod = TimeSpan.FromMilliseconds(100),
        },
        Instruments.Make(), NullLogger.Instance, TimeProvider.System);

    private JsonObject Lease() => _api.Store.Get("leases", "default", "test")!;

    private string? Holder() => (string?)Lease()["spec"]!["holderIdentity"];

    private string? RenewTime() => (string?)Lease()["spec"]!["renewTime"];
}
