using System.Collections.Concurrent;
using System.Diagnostics;

namespace ConfidentialOperator.EndToEnd.Tests.Running;

/// <summary>The Controller as users run it: the built program, in the cluster's network.</summary>
internal sealed class ControllerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private ControllerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Gets what it logged.</summary>
    public string Log => string.Join('\n', _lines);

    public bool HasEnded => _process.HasExited;

    public static ControllerProcess Start(ClusterProcesses cluster, string kubeconfig, string identity)
    {
        (string program, string[] arguments, IReadOnlyDictionary<string, string> environment) = cluster.Inside(Places.Controller);
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        start.Environment["Controller__Kubeconfig"] = kubeconfig;
        start.Environment["Controller__Identity"] = identity;
        start.Environment["Controller__LeaseNamespace"] = RealCluster.OperatorSpace;
        start.Environment["Controller__ListenAddress"] = "127.0.0.1";
        start.Environment["Controller__MetricsPort"] = "0";
        start.Environment["Controller__HealthPort"] = "0";
        start.Environment["Controller__FinalizerDeadline"] = "00:00:08";
        return new ControllerProcess(Process.Start(start)!);
    }

    /// <summary>Ends it as a kubelet does; returns its exit status.</summary>
    public async Task<int> StopAsync()
    {
        await Tool.RunAsync("kill", ["-TERM", $"{_process.Id}"]);
        using CancellationTokenSource limit = new(s_patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await StopAsync();
        _process.Dispose();
    }
}
