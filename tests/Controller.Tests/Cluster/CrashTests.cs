using ConfidentialOperator.ApiServer.Faults;
using ConfidentialOperator.Controller.Tests.Fixtures;

namespace ConfidentialOperator.Controller.Tests.Cluster;

/// <summary>The Controller may be killed after any write; its successor ends the work and repeats none of it.</summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData("patch", TestCluster.Models, "")]
    [InlineData("patch", "configmaps", "")]
    [InlineData("patch", "networkpolicies.networking.k8s.io", "")]
    [InlineData("patch", "services", "")]
    [InlineData("patch", "poddisruptionbudgets.policy", "")]
    [InlineData("patch", "deployments.apps", "")]
    [InlineData("patch", TestCluster.Models, "status")]
    public async Task TheSuccessorConverges(string verb, string resource, string subresource)
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        cluster.MakeReferences();
        string[] pods = [cluster.MakePod(), cluster.MakePod()];
        cluster.Release(pods);
        cluster.MakeModel();

        // The write happens, its answer comes too late, and the process is gone before it sees it.
        cluster.Api.Faults.Add(new Fault { Verb = verb, Resource = resource, Subresource = subresource, AfterTheFact = true, Disconnect = true });
        await using (RunningController killed = await cluster.RunAsync(("ShutdownGrace", "00:00:00.1"), ("LongestRetry", "00:05:00")))
        {
            await Eventually.IsTrue(() => cluster.Api.Faults.Pending == 0);
        }

        await using RunningController successor = await cluster.RunAsync();
        await Eventually.IsTrue(() => cluster.Find("deployments.apps") is not null);
        cluster.RollOut(2);
        await cluster.Reaches("Ready", "True/Serving");
        Assert.Equal("""["confidential-operator.dev/key-broker"]""", cluster.Find(TestCluster.Models)!["metadata"]!["finalizers"]!.ToJsonString());
        Assert.All(TestCluster.Children, children => Assert.NotEmpty(cluster.Api.Store.List(children, TestCluster.Space)));
    }

    [Fact]
    public async Task ADeletionThatWasInterruptedIsEnded()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        string[] pods;
        await using (RunningController first = await cluster.RunAsync())
        {
            pods = await cluster.ServeAsync();
            cluster.Api.Faults.Add(new Fault { Verb = "delete", Resource = "deployments.apps", AfterTheFact = true, Disconnect = true });
            cluster.Api.Store.Delete(TestCluster.Models, TestCluster.Space, TestCluster.Model);
            await Eventually.IsTrue(() => cluster.Api.Faults.Pending == 0);
        }

        await using RunningController successor = await cluster.RunAsync();
        foreach (string pod in pods) cluster.Api.Store.Delete("pods", TestCluster.Space, pod);
        await Eventually.IsTrue(() => cluster.Find(TestCluster.Models) is null);
    }
}
