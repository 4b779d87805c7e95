using System.Text.Json.Nodes;
using ConfidentialOperator.Controller.Tests.Fixtures;

namespace ConfidentialOperator.Controller.Tests.Cluster;

/// <summary>A model from its creation to its service.</summary>
public sealed class LifeTests
{
    [Fact]
    public async Task AModelBecomesAService()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await using RunningController controller = await cluster.RunAsync();

        await cluster.ServeAsync();

        JsonObject status = cluster.Find(TestCluster.Models)!["status"]!.AsObject();
        Assert.Equal("2/2", (string?)status["attested"]);
        Assert.Equal(2, (int?)status["attestedReplicas"]);
        Assert.Equal(2, (int?)status["replicas"]);
        Assert.Equal("7", status["trust"]!["policyVersion"]!.ToString());
        Assert.Equal("true", status["trust"]!["development"]!.ToString());
        Assert.Equal("https://triage-notes.clinic.svc/.well-known/ohttp-gateway", (string?)status["addresses"]![0]!["url"]);
        Assert.Equal("False/Satisfied", cluster.Condition("Reconciling"));
        Assert.Equal("False/Satisfied", cluster.Condition("Stalled"));
        Assert.Equal(9, status["conditions"]!.AsArray().Count);
        Assert.NotNull(cluster.Broker.PolicyOf(TestCluster.Model));
    }

    [Fact]
    public async Task ANewModelCostsItsChildrenTwoStatusesAndTheFinalizer()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await using RunningController controller = await cluster.RunAsync();

        await cluster.ServeAsync();
        await Eventually.IsQuiet(() => cluster.Api.Requests.Entries.Count, TimeSpan.FromSeconds(1));

        int events = cluster.Api.Requests.Count(verb: "create", resource: "events", userAgent: TestCluster.Agent);
        int children = 6;
        Assert.Equal(children + 2 + 1, cluster.Api.Requests.CountWrites(TestCluster.Agent) - events);
        Assert.Equal(2, cluster.Api.Requests.Count(verb: "patch", resource: TestCluster.Models, subresource: "status", userAgent: TestCluster.Agent));
    }

    [Fact]
    public async Task ASteadyStateCostsNoRequest()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await using RunningController controller = await cluster.RunAsync();
        await cluster.ServeAsync();
        await Eventually.IsQuiet(() => cluster.Api.Requests.Entries.Count, TimeSpan.FromSeconds(1));
        cluster.Api.Requests.Clear();
        int asked = cluster.Broker.Calls.Count;

        controller.Queue.Add(new(TestCluster.Space, TestCluster.Model));
        await Eventually.IsTrue(() => cluster.Broker.Calls.Count >= asked + 4);

        Assert.Empty(cluster.Api.Requests.Entries);
    }
}
