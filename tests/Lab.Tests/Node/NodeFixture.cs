using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.Lab.Guest;
using ConfidentialOperator.Lab.Node;
using ConfidentialOperator.Lab.Node.Images;
using ConfidentialOperator.Lab.Node.Services;

namespace ConfidentialOperator.Lab.Tests.Node;

/// <summary>A cluster with one node whose programs are shell scripts.</summary>
internal sealed class NodeFixture : IAsyncDisposable
{
    private static readonly Lazy<SoftwareChip> s_chip =
        new(() => SoftwarePki.LoadOrCreate(Path.Combine(Path.GetTempPath(), "confidential-operator-tests-pki")).MakeChip());

    private readonly string _folder;
    private readonly LabNode _node;
    private readonly LabNetwork _network;
    private readonly KubernetesApi _api;

    private NodeFixture(KubernetesApi api, LabNetwork network, string folder)
    {
        _api = api;
        _network = network;
        _folder = folder;
        _node = new LabNode(api.Store, new LabNodeOptions
        {
            Network = network,
            Images = Images,
            Guests = new GuestHost(s_chip.Value),
            DataFolder = Path.Combine(folder, "data"),
            MemoryFolder = Path.Combine(folder, "m"),
            LogFolder = Path.Combine(folder, "logs"),
            FirstBackOff = TimeSpan.FromMilliseconds(50),
        });
    }

    public ImageStore Images { get; } = new();

    public Store Store => _api.Store;

    public LabNode Running => _node;

    public static async Task<NodeFixture> StartAsync()
    {
        LabNetwork network = LabNetwork.Take();
        string folder = Directory.CreateTempSubdirectory("lab-node-").FullName;
        KubernetesApi api = await KubernetesApi.StartAsync(
            new KubernetesApiOptions { ServiceNetwork = network.ServiceNetwork }, TestContext.Current.CancellationToken);
        return new NodeFixture(api, network, folder);
    }

    /// <summary>Makes an image whose program is a shell script.</summary>
    public LocalImage Script(string name, string script)
    {
        string folder = Path.Combine(_folder, "images", name);
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "run");
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return Images.Add($"lab/{name}", folder, "/app/run");
    }

    public JsonObject Pod(string name) => Store.Get("pods", "default", name) ?? throw new InvalidOperationException($"There is no pod {name}.");

    public string Log(string pod, string container = "main") => LabNode.Logs(Path.Combine(_folder, "logs"), "default", pod, container);

    public IEnumerable<string> Reasons(string name) =>
        Store.List("events", "default").Where(item => item.Text("involvedObject", "name") == name).Select(item => item.Text("reason")!);

    public string? Waiting(string pod) => Store.Get("pods", "default", pod).Items("status", "containerStatuses").FirstOrDefault().Text("state", "waiting", "reason");

    public JsonNode? Status(string pod) => Store.Get("pods", "default", pod).Items("status", "containerStatuses").FirstOrDefault();

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _api.DisposeAsync();
        _network.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
