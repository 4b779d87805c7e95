using System.Diagnostics;

namespace ConfidentialOperator.Lab.Node.Processes;

/// <summary>A process that the Lab started, whose output goes to a file.</summary>
internal sealed class RunningProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _output;

    private RunningProcess(Process process, string logPath)
    {
        _process = process;
        Id = process.Id;
        process.StandardInput.Close();
        Directory.CreateDirectory(Path.GetDirectoryName(logPath)!);
        FileStream log = new(logPath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, useAsync: true);
        _output = CopyAsync(log);
    }

    public int Id { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>The exit code; 128 and the signal's number after a signal.</summary>
    public int ExitCode => _process.ExitCode;

    public static async Task<RunningProcess> StartAsync(ProcessOrder order) => new(await ProcessLauncher.StartAsync(order), order.LogPath);

    public Task ExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Asks the process to end, and kills it when it has not ended in time.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (grace > TimeSpan.Zero && Signals.Send(Id, Signals.Terminate))
        {
            using CancellationTokenSource limit = new(grace);
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public void Kill()
    {
        if (!_process.HasExited) Signals.Send(Id, Signals.Kill);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        Signals.KillSession(Id);
        await _output;
        _process.Dispose();
    }

    private async Task CopyAsync(FileStream log)
    {
        using SemaphoreSlim turn = new(1);
        await using FileStream owned = log;
        await Task.WhenAll(CopyAsync(_process.StandardOutput.BaseStream, log, turn), CopyAsync(_process.StandardError.BaseStream, log, turn));
    }

    private static async Task CopyAsync(Stream source, FileStream log, SemaphoreSlim turn)
    {
        byte[] buffer = new byte[8192];
        for (int read = await source.ReadAsync(buffer); read > 0; read = await source.ReadAsync(buffer))
        {
            await turn.WaitAsync();
            await log.WriteAsync(buffer.AsMemory(0, read));
            await log.FlushAsync();
            turn.Release();
        }
    }
}
