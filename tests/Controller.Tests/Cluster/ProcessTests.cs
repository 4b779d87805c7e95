using System.Net;
using ConfidentialOperator.Controller.Tests.Fixtures;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Controller.Tests.Cluster;

/// <summary>The process around the passes: who leads, what it tells of itself, how it ends.</summary>
public sealed class ProcessTests : IAsyncLifetime
{
    private static readonly (string, string)[] s_election =
    [
        ("LeaderElection", "true"), ("LeaseDuration", "00:00:05"), ("LeaseRenewDeadline", "00:00:04"), ("LeaseRetryPeriod", "00:00:00.1"),
    ];

    private TestCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await TestCluster.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task OfTwoOneActsAndTheOtherTakesOver()
    {
        RunningController one = await _cluster.RunAsync([.. s_election, ("Identity", "one")]);
        await Eventually.IsTrue(() => one.IsLeader);
        await using RunningController two = await _cluster.RunAsync([.. s_election, ("Identity", "two")]);
        await Eventually.IsTrue(() => two.Loop.IsReady);
        await _cluster.ServeAsync();
        Assert.False(two.IsLeader);
        Assert.Equal(1, _cluster.Api.Requests.Count("patch", "deployments.apps", userAgent: TestCluster.Agent));

        await one.DisposeAsync();
        await Eventually.IsTrue(() => two.IsLeader);
        _cluster.Change(spec => spec["replicas"] = 1);
        await Eventually.IsTrue(() => (int?)_cluster.Find("deployments.apps")!["spec"]!["replicas"] == 1);
        Assert.Equal("two", (string?)_cluster.Api.Store.Get("leases", "default", "confidential-operator")!["spec"]!["holderIdentity"]);
    }

    [Fact]
    public async Task ALostLeaseEndsTheWorkUntilTheNextTerm()
    {
        await using RunningController controller = await _cluster.RunAsync([.. s_election, ("Identity", "one")]);
        await Eventually.IsTrue(() => controller.IsLeader);
        _cluster.Api.Store.Modify("leases", "default", "confidential-operator", lease => lease["spec"]!["holderIdentity"] = "thief");
        await Eventually.IsTrue(() => controller.Loop.LostTerms == 1);
        _cluster.MakeReferences();
        _cluster.MakeModel();
        await Task.Delay(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
        Assert.Null(_cluster.Find("deployments.apps"));
        Assert.False(controller.IsLeader);
        _cluster.Api.Store.Modify("leases", "default", "confidential-operator", lease => lease["spec"]!["holderIdentity"] = "");
        await Eventually.IsTrue(() => _cluster.Find("deployments.apps") is not null);
        Assert.True(controller.IsLeader);
    }

    [Fact]
    public async Task AServerThatIsAwayForLongerThanTheLeaseIsSurvived()
    {
        await using RunningController controller = await _cluster.RunAsync([.. s_election, ("Identity", "one")]);
        await _cluster.ServeAsync();
        _cluster.Api.Faults.GoAway();
        await Eventually.IsTrue(() => controller.Loop.LostTerms == 1);
        _cluster.Change(spec => spec["replicas"] = 1);
        _cluster.Api.Faults.ComeBack();
        await Eventually.IsTrue(() => (int?)_cluster.Find("deployments.apps")!["spec"]!["replicas"] == 1);
    }

    [Fact]
    public async Task HealthAndMetricsAreServedEachOnItsOwnPort()
    {
        await using RunningController controller = await _cluster.RunAsync([.. s_election]);
        using HttpClient client = new();
        await _cluster.ServeAsync();
        Assert.Equal(HttpStatusCode.OK, await Get(client, controller.Health, "/healthz"));
        Assert.Equal(HttpStatusCode.OK, await Get(client, controller.Health, "/readyz"));
        Assert.Equal(HttpStatusCode.NotFound, await Get(client, controller.Health, "/metrics"));
        Assert.Equal(HttpStatusCode.NotFound, await Get(client, controller.Metrics, "/healthz"));
        string metrics = await client.GetStringAsync(new Uri(controller.Metrics, "/metrics"), TestContext.Current.CancellationToken);
        foreach (string name in (string[])
            [
                "controller_runtime_reconcile_total{", "controller_runtime_reconcile_time_seconds_bucket{", "controller_runtime_max_concurrent_reconciles{",
                "controller_runtime_active_workers{", "workqueue_depth{", "workqueue_adds_total{", "workqueue_queue_duration_seconds_bucket{",
                "workqueue_work_duration_seconds_bucket{", "workqueue_unfinished_work_seconds{", "workqueue_longest_running_processor_seconds{",
                "leader_election_master_status{", "rest_client_requests_total{", "rest_client_request_duration_seconds_bucket{",
            ])
        {
            Assert.Contains("\n" + name, metrics, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ItIsNotReadyBeforeItsCachesAreFilled()
    {
        _cluster.Api.Faults.Fail(503, 1000, "list", "pods");
        await using RunningController controller = await _cluster.RunAsync();
        using HttpClient client = new();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Get(client, controller.Health, "/readyz"));
        Assert.Equal(HttpStatusCode.OK, await Get(client, controller.Health, "/healthz"));
        _cluster.Api.Faults.Clear();
        await Eventually.IsTrue(() => controller.Loop.IsReady);
    }

    [Fact]
    public async Task OnlyTheNamedNamespacesAreLookedAfter()
    {
        _cluster.Api.CreateNamespace("other");
        await using RunningController controller = await _cluster.RunAsync(("WatchNamespaces", "other, clinic"));
        await _cluster.ServeAsync();
        Assert.Equal(1, _cluster.Api.Requests.Entries.Count(entry => entry is { Verb: "list", Resource: "pods", Namespace: "clinic" }));
        Assert.DoesNotContain(_cluster.Api.Requests.Entries, entry => entry is { Verb: "list", Resource: "pods", Namespace: "" });
    }

    [Fact]
    public async Task WithoutTheRightToReadRuntimeClassesTheyAreNotJudged()
    {
        _cluster.Api.Faults.Fail(403, 1000, "list", "runtimeclasses.node.k8s.io");
        _cluster.Api.Store.Delete("runtimeclasses", "", "kata-qemu-snp");
        await using RunningController controller = await _cluster.RunAsync();
        await _cluster.ServeAsync();
    }

    [Fact]
    public async Task SecretsAreNeverListed()
    {
        await using RunningController controller = await _cluster.RunAsync();
        await _cluster.ServeAsync();
        Assert.All(
            _cluster.Api.Requests.Entries.Where(entry => entry.Resource == "secrets"),
            entry => Assert.Equal("clinic", entry.Namespace));
    }

    [Theory]
    [InlineData("LeaseRenewDeadline", "00:00:20")]
    [InlineData("ArrangerTokenPath", "a-token")]
    [InlineData("MaxConcurrentReconciles", "0")]
    public async Task OptionsThatCannotWorkAreRefusedAtTheStart(string name, string value)
    {
        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(() => _cluster.RunAsync((name, value)));
        Assert.NotEmpty(refused.Failures);
    }

    private static async Task<HttpStatusCode> Get(HttpClient client, Uri address, string path)
    {
        using HttpResponseMessage response = await client.GetAsync(new Uri(address, path), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
