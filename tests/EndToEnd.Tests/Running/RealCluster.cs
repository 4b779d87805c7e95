using System.Text.Json.Nodes;

namespace ConfidentialOperator.EndToEnd.Tests.Running;

/// <summary>A real Kubernetes with our definition and the real Controller, for all tests of this assembly.</summary>
public sealed class RealCluster : IAsyncLifetime
{
    internal const string OperatorSpace = "confidential-operator";
    private const string Account = "system:serviceaccount:" + OperatorSpace + ":controller";

    private readonly string? _missing = Missing();
    private FileStream? _lock;
    private ClusterProcesses? _processes;
    private ControllerProcess? _controller;
    private int _controllers;

    internal Kubectl Kubectl { get; private set; } = null!;

    internal AuditLog Audit { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (_missing is not null) return;
        try
        {
            await StartAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_controller is not null) await _controller.DisposeAsync();
        if (_processes is not null) await _processes.StopAsync();
        if (_lock is not null) await _lock.DisposeAsync();
        (_controller, _processes, _lock) = (null, null, null);
    }

    /// <summary>Skips the test, and fails it in the pipeline, when there can be no cluster; fails it when the Controller has ended.</summary>
    internal void Need()
    {
        if (_missing is not null && Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(_missing);
        Assert.SkipWhen(_missing is not null, "NOT TESTED: " + _missing);
        Assert.False(_controller!.HasEnded, $"The Controller has ended: {_controller.Log}");
    }

    /// <summary>Gets what the Controller that runs now has logged.</summary>
    internal string ControllerLog() => _controller!.Log;

    /// <summary>Ends the Controller in order and starts another one; returns the first one's exit status.</summary>
    internal async Task<int> RestartControllerAsync()
    {
        int status = await _controller!.StopAsync();
        await _controller.DisposeAsync();
        await StartControllerAsync();
        return status;
    }

    private async Task StartAsync()
    {
        Directory.CreateDirectory(Places.Scratch);
        _lock = await LockAsync();
        _processes = new ClusterProcesses(Places.ClusterProgram!);
        Kubectl = new Kubectl(_processes);
        Audit = new AuditLog(_processes.AuditLog, Account);
        await _processes.StartAsync();

        // The simulated node's pods are ready at once and run nothing: whether a model may be served is not for a kubelet to say.
        await Kubectl.RunAsync("taint", "node", "fake-1", "cluster.test/fake-node-");
        await Kubectl.RunAsync("apply", "--server-side", "-f", Places.InRepository("crds", "confidentialmodels.yaml"));
        await Kubectl.RunAsync("wait", "--for=condition=Established", "--timeout=60s", "crd/confidentialmodels.confidential-operator.dev");
        await Kubectl.RunAsync("apply", "--server-side", "-f", Places.InRepository("tests", "EndToEnd.Tests", "controller-account.yaml"));
        await StartControllerAsync();
    }

    private async Task StartControllerAsync()
    {
        string identity = $"end-to-end-{++_controllers}";
        string token = (await Kubectl.RunAsync("create", "token", "controller", "-n", OperatorSpace, "--duration=1h")).Trim();
        string kubeconfig = Path.Combine(Places.Scratch, "controller.kubeconfig");
        JsonObject configuration = JsonNode.Parse(await Kubectl.RunAsync("config", "view", "--raw", "-o", "json"))!.AsObject();
        configuration["users"]![0]!["user"] = new JsonObject { ["token"] = token };
        await File.WriteAllTextAsync(kubeconfig, configuration.ToJsonString());
        _controller = ControllerProcess.Start(_processes!, kubeconfig, identity);
        await Eventually.Is(
            "The Controller leads",
            async () =>
            {
                Assert.False(_controller.HasEnded, $"The Controller has ended: {_controller.Log}");
                return await Kubectl.RunAsync("get", "lease", "-n", OperatorSpace, "-o", "jsonpath={.items[*].spec.holderIdentity}");
            },
            holder => holder == identity);
    }

    // Two runs in one clone, for example of two configurations, would have the same folders.
    private static Task<FileStream> LockAsync() => Eventually.Is(
        "The cluster of this clone is free",
        () =>
        {
            try
            {
                return Task.FromResult(new FileStream(Path.Combine(Places.Scratch, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException)
            {
                return Task.FromResult<FileStream>(null!);
            }
        },
        file => file is not null);

    private static string? Missing() =>
        Places.ClusterProgram is null ? "there is no cluster/cluster in a folder 'shared' beside the repository; set CONFIDENTIAL_SHARED."
        : !Environment.IsPrivilegedProcess ? "a cluster can be started by root only."
        : null;
}
