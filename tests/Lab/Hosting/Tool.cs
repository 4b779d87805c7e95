using System.Diagnostics;
using System.Text;
using ConfidentialOperator.Lab.Node.Processes;

namespace ConfidentialOperator.Lab.Hosting;

/// <summary>Runs a program to its end and keeps what it said.</summary>
internal static class Tool
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    public static async Task<ToolResult> RunAsync(string program, IReadOnlyList<string> arguments, ToolSettings settings, CancellationToken cancellationToken)
    {
        using Process process = await ProcessLauncher.StartAsync(new ProcessOrder
        {
            Program = program,
            Arguments = arguments,
            Environment = settings.Environment,
            WorkingDirectory = settings.WorkingDirectory,
            LogPath = "",
        });
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            Task<IReadOnlyList<TimedText>> output = ReadAsync(process.StandardOutput, limit.Token);
            await process.StandardInput.WriteAsync(settings.Input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            IReadOnlyList<TimedText> pieces = await output;
            string said = await errors;
            await process.WaitForExitAsync(limit.Token);
            return new ToolResult(process.ExitCode, string.Concat(pieces.Select(piece => piece.Text)), said, pieces);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ToolResult(-1, "", $"{Path.GetFileName(program)} did not end within {s_limit.TotalMinutes} minutes.", []);
        }
        finally
        {
            if (!process.HasExited) Signals.Send(process.Id, Signals.Kill);
            Signals.KillSession(process.Id);
        }
    }

    private static async Task<IReadOnlyList<TimedText>> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        List<TimedText> pieces = [];
        long start = Stopwatch.GetTimestamp();
        byte[] buffer = new byte[65536];
        Decoder decoder = Encoding.UTF8.GetDecoder();
        char[] characters = new char[65536];
        for (int read = await reader.BaseStream.ReadAsync(buffer, cancellationToken); read > 0; read = await reader.BaseStream.ReadAsync(buffer, cancellationToken))
        {
            int count = decoder.GetChars(buffer, 0, read, characters, 0);
            pieces.Add(new TimedText(Stopwatch.GetElapsedTime(start), new string(characters, 0, count)));
        }

        return pieces;
    }
}

/// <summary>How a program is run.</summary>
internal sealed record ToolSettings
{
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public string WorkingDirectory { get; init; } = "/";

    public string Input { get; init; } = "";
}

/// <summary>What a program said, and how it ended.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
/// <param name="Pieces">The standard output as it came.</param>
internal sealed record ToolResult(int Code, string Output, string Errors, IReadOnlyList<TimedText> Pieces)
{
    /// <summary>Everything that was said.</summary>
    public string All => Output + Errors;

    /// <summary>The last line of everything that was said.</summary>
    public string LastLine => All.TrimEnd().Split('\n')[^1].Trim();
}

/// <summary>A piece of output and when it came.</summary>
internal sealed record TimedText(TimeSpan At, string Text);
