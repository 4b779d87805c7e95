using System.Net;
using System.Net.Sockets;
using ConfidentialOperator.ApiServer;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.Lab.Guest;
using ConfidentialOperator.Lab.Node;
using ConfidentialOperator.Lab.Node.Images;
using ConfidentialOperator.Lab.Node.Processes;
using ConfidentialOperator.Lab.Node.Services;

namespace ConfidentialOperator.Lab.Hosting;

/// <summary>The whole of it: API server, node, images, key broker and Controller, on a loopback network of their own.</summary>
internal sealed class LabCluster : IAsyncDisposable
{
    private const int BrokerPort = 8443;
    private const int ControllerHealthPort = 8081;
    private const string ImageName = "lab.local/confidential-operator/";

    private readonly LabNetwork _network;
    private KubernetesApi? _api;
    private Daemon? _broker;
    private Daemon? _controller;

    private LabCluster(LabFolders folders, LabNetwork network)
    {
        Folders = folders;
        _network = network;
    }

    public LabFolders Folders { get; }

    public Store Store => _api!.Store;

    public LabNode Node { get; private set; } = null!;

    public LabTools Tools { get; private set; } = null!;

    public ImageStore Images { get; } = new();

    public LocalImage Inference { get; private set; } = null!;

    public LocalImage Sidecar { get; private set; } = null!;

    public string KubeconfigPath => _api!.KubeconfigPath;

    public string NodeAddress => _network.NodeAddress.ToString();

    public string BrokerUrl => $"https://{NodeAddress}:{BrokerPort}";

    public string BrokerAuthority => Path.Combine(Folders.Broker, "tls.crt");

    public string AuditKey => Path.Combine(Folders.Broker, "audit.pub");

    /// <summary>The root of the software chips: what a client accepts besides the policy's <c>development</c>.</summary>
    public string DevelopmentRoot => Path.Combine(Folders.Pki, "ark.pem");

    /// <summary>The memory-backed folder of this Lab; it is removed with it.</summary>
    public string MemoryFolder { get; } = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(),
        $"cfm-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..4]}");

    /// <summary>Starts everything but the models.</summary>
    public static async Task<LabCluster> StartAsync(LabFolders folders, CancellationToken cancellationToken)
    {
        folders.Clear();
        LabCluster cluster = new(folders, LabNetwork.Take());
        try
        {
            await cluster.StartApiAsync(cancellationToken);
            await cluster.MakeBrokerAsync(cancellationToken);
            await Task.WhenAll(cluster.StartBrokerAsync(cancellationToken), Task.Run(cluster.AddImages, cancellationToken));
            await cluster.StartControllerAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where a Service's port can be reached from this machine.</summary>
    public async Task<Uri> EndpointAsync(string space, string service, int port, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        for (int i = 0; i < 600; i++)
        {
            if (Node.Forwarder(space, service, port) is { } forwarder) return new Uri($"http://{forwarder.Address}");
            await timer.WaitForNextTickAsync(cancellationToken);
        }

        throw new LabException($"The Service {space}/{service} has no port {port}.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable? part in (IAsyncDisposable?[])[_controller, _broker, Node, _api])
        {
            if (part is not null) await part.DisposeAsync();
        }

        _network.Dispose();
    }

    private async Task StartApiAsync(CancellationToken cancellationToken)
    {
        _api = await KubernetesApi.StartAsync(new KubernetesApiOptions
        {
            ServiceNetwork = _network.ServiceNetwork,
            DataFolder = Folders.Data,
            PodLogs = (space, pod, container) => LabNode.Logs(Folders.Logs, space, pod, container),
        }, cancellationToken);
        Tools = new LabTools(Folders, new Dictionary<string, string>
        {
            ["KUBECONFIG"] = KubeconfigPath,
            ["CFM_BROKER_URL"] = BrokerUrl,
            ["CFM_STATE_DIR"] = Path.Combine(Folders.Data, "state"),
        });
        SoftwarePki pki = SoftwarePki.LoadOrCreate(Folders.Pki);
        Node = new LabNode(Store, new LabNodeOptions
        {
            Network = _network,
            Images = Images,
            Guests = new GuestHost(pki.MakeChip()),
            DataFolder = Folders.Data,
            MemoryFolder = MemoryFolder,
            LogFolder = Folders.Logs,
        });
        Store.ApplyManifests(await File.ReadAllTextAsync(Path.Combine(Folders.Root, "crds", "confidentialmodels.yaml"), cancellationToken));
    }

    private void AddImages()
    {
        Inference = Images.Add(ImageName + "inference", Programs.Inference, "/app/ConfidentialOperator.Inference");
        Sidecar = Images.Add(ImageName + "sidecar", Programs.Sidecar, "/app/ConfidentialOperator.Sidecar");
    }

    private async Task MakeBrokerAsync(CancellationToken cancellationToken)
    {
        ToolSettings settings = new() { Environment = Programs.Environment(), WorkingDirectory = Folders.Data };
        ToolResult made = await Tool.RunAsync(Programs.Executable("KeyBroker"),
            ["init", Folders.Broker, "--host", NodeAddress, "--urls", BrokerUrl], settings, cancellationToken);
        if (made.Code != 0) throw new LabException($"The key broker's files could not be made: {made.All}");
    }

    /// <summary>Starts the key broker, at the beginning or after it was stopped.</summary>
    public async Task StartBrokerAsync(CancellationToken cancellationToken)
    {
        _broker = await Daemon.StartAsync("key broker", new ProcessOrder
        {
            Program = Programs.Executable("KeyBroker"),
            Arguments = ["serve", "--config", Path.Combine(Folders.Broker, "broker.json")],
            Environment = Programs.Environment([new("KeyBroker__Snp__DevelopmentRoots__0", DevelopmentRoot)]),
            WorkingDirectory = Folders.Broker,
            LogPath = Path.Combine(Folders.Logs, "key-broker.log"),
        });
        await _broker.ReadyAsync(() => ListensAsync(BrokerPort), cancellationToken);
    }

    /// <summary>Stops the key broker; what it stored stays.</summary>
    public async Task StopBrokerAsync()
    {
        if (_broker is not null) await _broker.DisposeAsync();
        _broker = null;
    }

    /// <summary>Kills the Controller in the middle of whatever it does.</summary>
    public async Task KillControllerAsync()
    {
        if (_controller is null) return;
        await _controller.KillAsync();
        await _controller.DisposeAsync();
        _controller = null;
    }

    /// <summary>Starts the Controller, at the beginning or after it was killed.</summary>
    public async Task StartControllerAsync(CancellationToken cancellationToken)
    {
        _controller = await Daemon.StartAsync("controller", new ProcessOrder
        {
            Program = Programs.Executable("Controller"),
            Environment = Programs.Environment(
            [
                new("KUBECONFIG", KubeconfigPath), new("Controller__ListenAddress", NodeAddress), new("Controller__LeaseNamespace", "kube-system"),
                new("Controller__ProgressInterval", "00:00:01"), new("Controller__SteadyInterval", "00:00:05"),
                new("Controller__LeaseDuration", "00:00:04"), new("Controller__LeaseRenewDeadline", "00:00:03"), new("Controller__LeaseRetryPeriod", "00:00:00.5"),
            ]),
            WorkingDirectory = Folders.Data,
            LogPath = Path.Combine(Folders.Logs, "controller.log"),
        });
        await _controller.ReadyAsync(() => ListensAsync(ControllerHealthPort), cancellationToken);
    }

    private async Task<bool> ListensAsync(int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(_network.NodeAddress, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
