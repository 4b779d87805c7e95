using System.Diagnostics;
using System.Globalization;

namespace ConfidentialOperator.Mutation;

/// <summary>
/// The outcomes of all changes, from child processes: a change can hang a parser or end the process, and that is noticed too. A child prints a line per change.
/// </summary>
internal sealed class Outcomes(string[] arguments, int count)
{
    /// <summary>The line of a child that has made its change: what ends the child before it is a fault of this program.</summary>
    public const string Written = "written";

    /// <summary>What is said of a change that hangs the proofs, or ends their process.</summary>
    public const string Hung = "the process hung or ended";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly string?[] _faults = new string?[count];
    private readonly Lock _lock = new();
    private int _next;

    /// <summary>Gets what noticed each change; null for the survivors.</summary>
    public IReadOnlyList<string?> Faults => _faults;

    public async Task RunAsync(int workers)
    {
        Task[] tasks = [.. Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync))];
        await Task.WhenAll(tasks).ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        Process? child = null;
        for (int index = Next(); index < count; index = Next())
        {
            child ??= Start();
            await child.StandardInput.WriteLineAsync(index.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);
            await child.StandardInput.FlushAsync().ConfigureAwait(false);
            string? line = await ReadAsync(child).ConfigureAwait(false);
            _faults[index] = line is null ? Hung : line.Length == 0 ? null : line;
            if (line is null)
            {
                child.Kill(entireProcessTree: true);
                child.Dispose();
                child = null;
            }
        }

        child?.StandardInput.Close();
        child?.Dispose();
    }

    private static async Task<string?> ReadAsync(Process child)
    {
        using var patience = new CancellationTokenSource(s_patience);
        bool isWritten = false;
        try
        {
            for (string? line = ""; line is not null; line = await child.StandardOutput.ReadLineAsync(patience.Token).ConfigureAwait(false))
            {
                isWritten |= line == Written;
                if (line.StartsWith('>'))
                {
                    return line[1..];
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It hangs.
        }

        return isWritten ? null : throw new InvalidOperationException("A change could not be made: " + await child.StandardError.ReadToEndAsync(CancellationToken.None).ConfigureAwait(false));
    }

    private int Next()
    {
        lock (_lock)
        {
            return _next++;
        }
    }

    private Process Start() => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. Own(), .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    /// <summary>Started as <c>dotnet program.dll</c>, the program is an argument.</summary>
    private static string[] Own() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
}
