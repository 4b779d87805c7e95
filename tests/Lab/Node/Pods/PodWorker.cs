using System.Net;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Guest;
using ConfidentialOperator.Lab.Node.Containers;
using ConfidentialOperator.Lab.Node.Control;

namespace ConfidentialOperator.Lab.Node.Pods;

/// <summary>The life of one pod on the node, from its first folder to its last process.</summary>
internal sealed class PodWorker : IDisposable
{
    private const string Component = "kubelet";

    private readonly CancellationTokenSource _stopping = new();
    private readonly KubeletContext _context;
    private readonly JsonObject _pod;
    private readonly PodVolumes _volumes;
    private readonly IPAddress _address;
    private readonly List<ContainerRunner> _runners = [];
    private readonly Lock _writing = new();
    private PodSandbox? _sandbox;
    private TimeSpan _grace;

    public PodWorker(KubeletContext context, JsonObject pod)
    {
        _context = context;
        _pod = pod;
        _address = context.Network.TakePodAddress();
        _grace = TimeSpan.FromSeconds(pod.Integer("spec", "terminationGracePeriodSeconds") ?? 30);
        _volumes = new PodVolumes(Path.Combine(context.PodFolder, pod.Uid()), Path.Combine(context.MemoryFolder, pod.Uid()[..8]), Read);
        foreach (JsonObject container in pod.Items("spec", "containers"))
        {
            JsonObject own = container;
            ContainerObserver observer = new(WriteStatus, context.Events, pod, Component);
            _runners.Add(new ContainerRunner(Settings(own), () => context.Preparation.Prepare(_pod, own, _sandbox!), observer));
        }
    }

    public string Uid => _pod.Uid();

    /// <summary>Ends with the pod's last process, when its folders are gone.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public void Start() => Completion = Task.Run(RunAsync);

    /// <summary>Begins the end of the pod; a second call can only shorten it.</summary>
    public void Stop(TimeSpan grace)
    {
        if (_stopping.IsCancellationRequested) return;
        _grace = grace;
        _context.Events.Normal(_pod, Component, "Killing", $"Stopping pod {_pod.Name()}");
        _stopping.Cancel();
    }

    public void Dispose()
    {
        _runners.ForEach(runner => runner.Dispose());
        _stopping.Dispose();
    }

    /// <summary>Brings ConfigMaps and Secrets of the volumes up to date.</summary>
    public void Refresh()
    {
        if (_sandbox is not null && !_stopping.IsCancellationRequested) _volumes.Materialise(_pod, out _);
    }

    private async Task RunAsync()
    {
        RunningGuest? guest = null;
        try
        {
            WriteStatus();
            IReadOnlyDictionary<string, string>? volumes = await UntilAsync(() => Task.FromResult((_volumes.Materialise(_pod, out string fault), fault)), "FailedMount");
            if (volumes is null) return;
            if (ClusterObjects.IsGuest(_pod))
            {
                guest = await UntilAsync(() => _context.Guests.LaunchAsync(_pod, _address), "FailedCreatePodSandBox");
                if (guest is null) return;
            }

            _sandbox = Sandbox(volumes, guest);
            using CancellationTokenRegistration stop = _stopping.Token.Register(() => _runners.ForEach(runner => runner.Stop(_grace)));
            await Task.WhenAll(_runners.Select(runner => runner.RunAsync()));
            WriteStatus();
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            _context.Events.Warning(_pod, Component, "NodeError", $"The node failed: {broken}");
        }
        finally
        {
            if (guest is not null) await guest.DisposeAsync();
            if (!_stopping.IsCancellationRequested) await Task.Delay(Timeout.Infinite, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _volumes.Remove();
            _context.Network.Return(_address);
        }
    }

    /// <summary>Tries until it works or the pod is stopped; each fault is an event.</summary>
    private async Task<T?> UntilAsync<T>(Func<Task<(T? Value, string Fault)>> attempt, string reason)
        where T : class
    {
        BackOff pauses = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        while (!_stopping.IsCancellationRequested)
        {
            (T? value, string fault) = await attempt();
            if (value is not null) return value;
            _context.Events.Warning(_pod, Component, reason, fault);
            await Task.Delay(pauses.After(TimeSpan.Zero) + TimeSpan.FromMilliseconds(500), _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }

    private PodSandbox Sandbox(IReadOnlyDictionary<string, string> volumes, RunningGuest? guest) => new()
    {
        Address = _address,
        Volumes = volumes,
        LogFolder = _context.LogFolderOf(_pod.Namespace(), _pod.Name()),
        Sources = new VariableSources(_address.ToString(), _context.Network.NodeAddress.ToString(), Read),
        Guest = guest,
    };

    private ContainerSettings Settings(JsonObject container) => new()
    {
        Name = container.Text("name") ?? "",
        RestartPolicy = _pod.Text("spec", "restartPolicy") ?? "Always",
        Grace = _grace,
        FirstBackOff = _context.FirstBackOff,
        Time = _context.Time,
    };

    private JsonObject? Read(string resource, string name) => _context.Store.Get(resource, _pod.Namespace(), name);

    private void WriteStatus()
    {
        string now = Times.Text(_context.Time.GetUtcNow());
        lock (_writing)
        {
            if (_context.Store.Get("pods", _pod.Namespace(), _pod.Name()) is not { } current || current.Uid() != Uid) return;
            JsonObject status = current.Child("status").Copy();
            PodStatus.Write(status, current, [.. _runners.Select(runner => runner.State)], _address.ToString(), _context.Network.NodeAddress.ToString(), now);
            if (JsonNode.DeepEquals(status, current["status"])) return;
            _context.Store.ModifyStatus("pods", _pod.Namespace(), _pod.Name(), stored =>
            {
                stored.Clear();
                foreach ((string name, JsonNode? value) in status) stored[name] = value?.DeepClone();
            });
        }
    }
}
