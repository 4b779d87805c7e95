using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Demo;
using ConfidentialOperator.Lab.Hosting;
using ConfidentialOperator.Lab.Node.Processes;

namespace ConfidentialOperator.Lab.Tests.EndToEnd;

/// <summary>What a person does with the real kubectl while the demonstration runs.</summary>
[Collection(LabCollection.Name)]
public sealed class ClusterTests(LabFixture lab)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ThreeReplicasAreAttestedAfterScalingAndAnyOfThemAnswers()
    {
        Stage stage = await lab.StageAsync();
        await stage.Cluster.Tools.NeedKubectlAsync(Token, "-n", "clinic", "scale", "cfm/demo-faq", "--replicas=3");
        await stage.Cluster.Tools.NeedKubectlAsync(Token, "-n", "clinic", "wait", "--for=jsonpath={.status.attestedReplicas}=3", "cfm/demo-faq", "--timeout=90s");
        await stage.Cluster.Tools.NeedKubectlAsync(Token, "-n", "clinic", "wait", "--for=condition=Ready", "cfm/demo-faq", "--timeout=90s");
        Assert.Equal(3, stage.Admin.Pods("demo-faq").Count(pod => pod.Text("status", "phase") == "Running"));

        // The Service hands each connection to the next pod, so a request often arrives at a sibling of the guest that can open it.
        Uri endpoint = await stage.User.EndpointAsync("demo-faq", Token);
        for (int i = 0; i < 4; i++)
        {
            ToolResult asked = await stage.User.ChatAsync("demo-faq", endpoint, Faq.Question, Token);
            Assert.True(asked.Code == 0, asked.All);
            Assert.Equal(Faq.Answer, asked.Output.Trim());
        }

        await stage.Cluster.Tools.NeedKubectlAsync(Token, "-n", "clinic", "scale", "cfm/demo-faq", "--replicas=1");
        await stage.Cluster.Tools.NeedKubectlAsync(Token, "-n", "clinic", "wait", "--for=jsonpath={.status.attestedReplicas}=1", "cfm/demo-faq", "--timeout=90s");
    }

    [Fact]
    public async Task DescribeShowsTheEventsOfAModelInOrder()
    {
        Stage stage = await lab.StageAsync();
        string described = (await stage.Cluster.Tools.NeedKubectlAsync(Token, "-n", "clinic", "describe", "cfm", "use-lite")).Output;
        string events = described[described.IndexOf("Events:", StringComparison.Ordinal)..];
        int rolling = events.IndexOf("RollingOut", StringComparison.Ordinal);
        int released = events.IndexOf("KeyReleased", StringComparison.Ordinal);
        int serving = events.IndexOf("Serving", StringComparison.Ordinal);
        Assert.True(rolling >= 0 && rolling < released && released < serving, events);
        Assert.DoesNotContain(stage.Owner.CallerKey, described, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cfm")]
    [InlineData("confidential")]
    public async Task AListingShowsWhatMatters(string name)
    {
        Stage stage = await lab.StageAsync();
        string listed = (await stage.Cluster.Tools.NeedKubectlAsync(Token, "-n", "clinic", "get", name)).Output;
        Assert.Matches("^NAME +READY +REASON +TEE +ATTESTED +AGE\n", listed);
        Assert.Matches("\nwdbc +True +Serving +snp +1/1 +[0-9]+[smh]", listed);
    }

    [Fact]
    public async Task ExplainAndDryRunKnowTheResource()
    {
        Stage stage = await lab.StageAsync();
        ToolResult explained = await stage.Cluster.Tools.NeedKubectlAsync(Token, "explain", "cfm.spec.tee");
        Assert.Contains("SEV-SNP", explained.Output, StringComparison.Ordinal);
        string example = Path.Combine(Repository.Root, "crds", "examples", "snp.yaml");
        ToolResult applied = await stage.Cluster.Tools.NeedKubectlAsync(Token, "apply", "--server-side", "--dry-run=server", "-f", example);
        Assert.Contains("serverside-applied (server dry run)", applied.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PodsShowTheirProcessesAndTheirLogsHoldNoContent()
    {
        Stage stage = await lab.StageAsync();
        Uri endpoint = await stage.User.EndpointAsync("demo-faq", Token);
        Assert.Equal(0, (await stage.User.ChatAsync("demo-faq", endpoint, Faq.Question, Token)).Code);
        JsonObject pod = stage.Admin.Pods("demo-faq")[0];
        foreach (string container in (string[])["inference", "sidecar"])
        {
            string log = (await stage.Cluster.Tools.NeedKubectlAsync(Token, "-n", "clinic", "logs", pod.Name(), "-c", container)).Output;
            Assert.NotEqual("", log);
            Assert.DoesNotContain(Faq.Question, log, StringComparison.Ordinal);
            Assert.DoesNotContain(Faq.Answer, log, StringComparison.Ordinal);
            Assert.DoesNotContain(stage.Owner.CallerKey, log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ADeletedModelLeavesNothingBehind()
    {
        Stage stage = await lab.StageAsync();
        DemoModel model = DemoModels.Wdbc(stage.Cluster.Folders) with { Name = "short-lived" };
        await stage.Owner.SealAsync(model, Token);
        await stage.Owner.SignPolicyAsync(model.Name, Token);
        await stage.Owner.UploadAsync([model], Token);
        await stage.Admin.ApplyAsync(model.Name, Token);
        ToolResult ready = await stage.Admin.WaitReadyAsync([model.Name], Token);
        Assert.True(ready.Code == 0, $"{ready.All} {stage.Admin.Condition(model.Name, "Ready")}");
        int[] processes = [.. stage.Admin.Pods(model.Name).SelectMany(pod => pod.Items("status", "containerStatuses"))
            .Select(status => status.Text("containerID")!).Select(id => int.Parse(id[(id.LastIndexOf('/') + 1)..]))];
        Assert.Equal(2, processes.Length);
        await stage.Cluster.Tools.NeedKubectlAsync(Token, "-n", "clinic", "delete", $"cfm/{model.Name}", "--timeout=60s");
        string[] kinds = ["deployments.apps", "replicasets.apps", "pods", "services", "configmaps", "networkpolicies.networking.k8s.io",
            "poddisruptionbudgets.policy", "endpointslices.discovery.k8s.io"];
        await Eventually.Gives(() => kinds.Sum(kind => stage.Cluster.Store.List(kind, "clinic").Count(item => item.Name().StartsWith(model.Name, StringComparison.Ordinal)
            && item.Name() != OwnerDesk.PolicyMap(model.Name))) == 0, "nothing is left", seconds: 60);
        Assert.All(processes, process => Assert.Null(ProcessStat.StartTime(process)));
    }
}
