using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.Lab.Node.Containers;
using ConfidentialOperator.Lab.Node.Control;
using ConfidentialOperator.Lab.Node.Pods;
using ConfidentialOperator.Lab.Node.Services;
using ConfidentialOperator.Lab.Node.Workloads;

namespace ConfidentialOperator.Lab.Node;

/// <summary>A node and the controllers of a cluster around it: everything between an API server and running processes.</summary>
internal sealed class LabNode : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _parts;
    private readonly ServiceLoop _services;
    private readonly string _memoryFolder;

    public LabNode(Store store, LabNodeOptions options)
    {
        EventLog events = new(store, options.Time);
        NameFiles names = new(Path.Combine(options.DataFolder, "names"));
        _memoryFolder = options.MemoryFolder;
        Directory.CreateDirectory(_memoryFolder);
        ClusterObjects.Write(store, options.Network.NodeAddress.ToString(), Times.Text(options.Time.GetUtcNow()));
        KubeletContext context = new()
        {
            Store = store,
            Events = events,
            Network = options.Network,
            Preparation = new ContainerPreparation(options.Images, names),
            Guests = options.Guests,
            PodFolder = Path.Combine(options.DataFolder, "pods"),
            MemoryFolder = options.MemoryFolder,
            LogFolder = options.LogFolder,
            FirstBackOff = options.FirstBackOff,
            Time = options.Time,
        };
        _services = new ServiceLoop(store, names);
        _parts =
        [
            new DeploymentLoop(store, events, options.Time), new ReplicaSetLoop(store, events, options.Time), new SchedulerLoop(store, events, options.Time),
            new DisruptionBudgetLoop(store), _services, new Kubelet(context),
        ];
    }

    /// <summary>The forwarder of a Service's port, or null before there is one.</summary>
    public ServiceForwarder? Forwarder(string space, string service, int port) => _services.Forwarder(space, service, port);

    /// <summary>What <c>kubectl logs</c> shows.</summary>
    public static string Logs(string logFolder, string space, string pod, string? container)
    {
        string folder = Path.Combine(logFolder, "pods", space, pod);
        string? path = container is not null ? Path.Combine(folder, $"{container}.log")
            : Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.log").Order(StringComparer.Ordinal).FirstOrDefault() : null;
        if (path is null || !File.Exists(path)) return "";
        using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable part in _parts) await part.DisposeAsync();
        if (Directory.Exists(_memoryFolder)) Directory.Delete(_memoryFolder, recursive: true);
    }
}
