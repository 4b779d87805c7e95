using ConfidentialOperator.Lab.Node.Processes;

namespace ConfidentialOperator.Lab.Hosting;

/// <summary>A product that runs beside the pods: started, waited for, stopped.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);

    private readonly RunningProcess _process;
    private readonly string _logPath;
    private readonly string _name;

    private Daemon(string name, RunningProcess process, string logPath)
    {
        _name = name;
        _process = process;
        _logPath = logPath;
    }

    public int ProcessId => _process.Id;

    public static async Task<Daemon> StartAsync(string name, ProcessOrder order) => new(name, await RunningProcess.StartAsync(order), order.LogPath);

    /// <summary>Waits until the program answers; its end or a long silence is an error with the last lines of its log.</summary>
    public async Task ReadyAsync(Func<Task<bool>> isReady, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        for (int i = 0; i < 1200 && !_process.HasExited; i++)
        {
            if (await isReady()) return;
            await timer.WaitForNextTickAsync(cancellationToken);
        }

        string state = _process.HasExited ? $"ended with code {_process.ExitCode}" : "did not answer within a minute";
        throw new LabException($"The {_name} {state}. Its log, {_logPath}, ends with:\n{Tail(_logPath)}");
    }

    /// <summary>Ends the program as a crash would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.ExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync(s_grace);
        await _process.DisposeAsync();
    }

    private static string Tail(string path) => File.Exists(path) ? string.Join('\n', File.ReadLines(path).TakeLast(12)) : "(no log)";
}
