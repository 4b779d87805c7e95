using System.Net;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Node;
using ConfidentialOperator.Lab.Node.Containers;
using ConfidentialOperator.Lab.Node.Control;
using ConfidentialOperator.Lab.Node.Images;
using ConfidentialOperator.Lab.Node.Pods;

namespace ConfidentialOperator.Lab.Tests.Node;

/// <summary>Probes that fail, programs that end, pods that fit nowhere.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public async Task ALivenessProbeThatFailsRestartsTheContainer()
    {
        await using NodeFixture node = await NodeFixture.StartAsync();
        LocalImage image = node.Script("deaf", "exec sleep 300");
        node.Store.ApplyManifests(Pod("deaf", image, "livenessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1, failureThreshold: 1}"));
        await Eventually.Gives(() => node.Status("deaf").Integer("restartCount") >= 1, "a restart");
        Assert.Contains("Killing", node.Reasons("deaf"));
        Assert.Contains("Unhealthy", node.Reasons("deaf"));
    }

    [Fact]
    public async Task NothingElseIsProbedBeforeTheStartupProbeSucceeded()
    {
        await using NodeFixture node = await NodeFixture.StartAsync();
        LocalImage image = node.Script("slow", "exec sleep 300");
        node.Store.ApplyManifests(Pod("slow", image,
            "startupProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1, failureThreshold: 100}\n    livenessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1, failureThreshold: 1}"));
        await Eventually.Gives(() => node.Reasons("slow").Contains("Unhealthy"), "a failed probe");
        Assert.False(Conditions.Holds(node.Pod("slow"), "Ready"));
        Assert.False(node.Status("slow").Find("started")!.GetValue<bool>());
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Parse(node.Pod("slow").Text("status", "podIP")!), 8080));
        await using WebApplication server = builder.Build();
        server.MapFallback(() => "ok");
        await server.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.Gives(() => Conditions.Holds(node.Pod("slow"), "Ready"), "readiness");
        Assert.Equal(0, node.Status("slow").Integer("restartCount"));
    }

    [Theory]
    [InlineData("exit 0", "Succeeded")]
    [InlineData("exit 7", "Failed")]
    public async Task AProgramThatEndsIsNotRestartedWhereThePodSaysSo(string script, string phase)
    {
        await using NodeFixture node = await NodeFixture.StartAsync();
        LocalImage image = node.Script("once", script);
        node.Store.ApplyManifests(Pod("once", image, "env: []", "restartPolicy: Never"));
        await Eventually.Gives(() => node.Pod("once").Text("status", "phase") == phase, "the phase");
        Assert.Equal(0, node.Status("once").Integer("restartCount"));
    }

    [Fact]
    public async Task APodThatFitsNoNodeSaysSoAndStaysPending()
    {
        await using NodeFixture node = await NodeFixture.StartAsync();
        LocalImage image = node.Script("far", "exec sleep 300");
        node.Store.ApplyManifests(Pod("far", image, "env: []", "nodeSelector: {zone: moon}"));
        await Eventually.Gives(() => node.Reasons("far").Contains("FailedScheduling"), "the event");
        Assert.Equal("Pending", node.Pod("far").Text("status", "phase"));
        node.Store.Modify("nodes", null, ClusterObjects.NodeName, item => item.Metadata().Child("labels")["zone"] = "moon");
        await Eventually.Gives(() => node.Pod("far").Text("status", "phase") == "Running", "the pod runs");
    }

    [Fact]
    public void APodIsPendingUntilEveryContainerHasRunOnce()
    {
        JsonObject pod = new() { ["spec"] = new JsonObject { ["restartPolicy"] = "Always" } };
        ContainerState running = new() { RunningSince = DateTimeOffset.UnixEpoch };
        ContainerState crashed = new() { Waiting = "CrashLoopBackOff", Last = new Ending(1, "Error", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch) };
        Assert.Equal("Pending", PodStatus.Phase(pod, [running, ContainerState.Creating]));
        Assert.Equal("Running", PodStatus.Phase(pod, [running, crashed]));
        Assert.Equal("Running", PodStatus.Phase(pod, [crashed with { Finished = true }]));
    }

    private static string Pod(string name, LocalImage image, string container, string spec = "restartPolicy: Always") => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}} }
        spec:
          {{spec}}
          terminationGracePeriodSeconds: 1
          containers:
          - name: main
            image: {{image.Reference}}
            {{container}}
        """;
}
