using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Node.Control;
using ConfidentialOperator.Lab.Node.Images;
using ConfidentialOperator.Lab.Node.Services;

namespace ConfidentialOperator.Lab.Tests.Node;

/// <summary>Deployments, Services and probes over real processes.</summary>
public sealed class WorkloadTests
{
    [Fact]
    public async Task ADeploymentRollsFromOneImageToTheNextAndIsDeletedWhole()
    {
        await using NodeFixture node = await NodeFixture.StartAsync();
        LocalImage first = node.Script("first", "exec sleep 300");
        LocalImage second = node.Script("second", "echo second; exec sleep 300");
        node.Store.ApplyManifests(Deployment(first.Reference, 2));
        await Eventually.Gives(() => Deployed(node).Integer("readyReplicas") == 2, "two replicas");
        node.Store.ApplyManifests(Deployment(second.Reference, 2), new() { Force = true });
        await Eventually.Gives(() => IsComplete(node.Store.Get("deployments.apps", "default", "web")), "the rollout");
        Assert.True(Conditions.Holds(node.Store.Get("deployments.apps", "default", "web"), "Available"));
        Assert.All(node.Store.List("pods", "default").Where(pod => !Owned.IsLeaving(pod)), pod =>
            Assert.Equal(second.Reference, pod.Items("spec", "containers").First().Text("image")));
        Assert.Equal(2, node.Store.List("replicasets.apps", "default").Count);
        Assert.Contains("ScalingReplicaSet", node.Reasons("web"));
        node.Store.Delete("deployments.apps", "default", "web");
        await Eventually.Gives(() => node.Store.List("pods", "default").Count == 0 && node.Store.List("replicasets.apps", "default").Count == 0, "the end");
    }

    [Fact]
    public async Task AnUnknownRuntimeClassMakesNoPodAndAnEvent()
    {
        await using NodeFixture node = await NodeFixture.StartAsync();
        LocalImage image = node.Script("x", "exec sleep 300");
        node.Store.ApplyManifests(Deployment(image.Reference, 1, "runtimeClassName: no-such-class"));
        await Eventually.Gives(() => node.Store.List("events", "default").Any(item => item.Text("reason") == "FailedCreate"), "the event");
        Assert.Empty(node.Store.List("pods", "default"));
    }

    [Fact]
    public async Task AServiceSendsToReadyPodsOnlyAndATapSeesTheBytes()
    {
        await using NodeFixture node = await NodeFixture.StartAsync();
        LocalImage image = node.Script("idle", "exec sleep 300");
        node.Store.ApplyManifests(Deployment(image.Reference, 1, "restartPolicy: Always", "readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 1}"));
        node.Store.ApplyManifests("""
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {selector: {app: web}, ports: [{name: http, port: 18080, targetPort: 8080}]}
            """);
        JsonObject pod = await Eventually.Gives(() => node.Store.List("pods", "default").FirstOrDefault(item => item.Text("status", "podIP") is not null), "the pod");
        await Eventually.Gives(() => node.Reasons(pod.Name()).Contains("Unhealthy"), "a failed probe");
        ServiceForwarder forwarder = await Eventually.Gives(() => node.Running.Forwarder("default", "web", 18080), "the forwarder");
        Assert.Equal("", await AskAsync(forwarder.Address));
        forwarder.Tap = new Wiretap();
        await using Answering server = new(IPAddress.Parse(pod.Text("status", "podIP")!));
        await Eventually.Gives(() => Conditions.Holds(node.Pod(pod.Name()), "Ready"), "readiness");
        await Eventually.Gives(() => node.Store.List("endpointslices.discovery.k8s.io", "default").Any(slice => Ready(slice)), "the slice");

        // The forwarder hears of the slice by a watch of its own, a moment later.
        string answer = await Eventually.GivesAsync(async () => await AskAsync(forwarder.Address) is { Length: > 0 } text ? text : null, "an answer");
        Assert.Contains("the answer", answer, StringComparison.Ordinal);
        Assert.True(forwarder.Tap.Holds("the answer"u8));
        Assert.True(forwarder.Tap.Holds("GET /words-of-a-client"u8));
    }

    private static bool Ready(JsonObject slice) => slice.Items("endpoints").Any(endpoint => endpoint.Find("conditions", "ready")!.GetValue<bool>());

    private static bool IsComplete(JsonObject? deployment) => deployment.Integer("status", "observedGeneration") == deployment.Integer("metadata", "generation")
        && new[] { "updatedReplicas", "replicas", "availableReplicas" }.All(name => deployment.Integer("status", name) == 2);

    private static JsonNode? Deployed(NodeFixture node) => node.Store.Get("deployments.apps", "default", "web")?["status"];

    private static async Task<string> AskAsync(IPEndPoint address)
    {
        using TcpClient client = new();
        await client.ConnectAsync(address, TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync("GET /words-of-a-client HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using StreamReader reader = new(stream, Encoding.ASCII);
        try
        {
            return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string Deployment(string image, int replicas, string spec = "restartPolicy: Always", string container = "env: []") => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: {{replicas}}
          selector: {matchLabels: {app: web} }
          strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0} }
          template:
            metadata: {labels: {app: web} }
            spec:
              {{spec}}
              terminationGracePeriodSeconds: 1
              containers:
              - name: main
                image: {{image}}
                {{container}}
        """;

    /// <summary>A server on a pod's address, in the place of the pod's own.</summary>
    private sealed class Answering : IAsyncDisposable
    {
        private readonly WebApplication _application;

        public Answering(IPAddress address)
        {
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(options => options.Listen(address, 8080));
            _application = builder.Build();
            _application.MapFallback(() => "the answer");
            _application.Start();
        }

        public ValueTask DisposeAsync() => _application.DisposeAsync();
    }
}
