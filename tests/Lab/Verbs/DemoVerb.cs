using System.Diagnostics;
using ConfidentialOperator.Lab.Demo;
using ConfidentialOperator.Lab.Hosting;
using Spectre.Console;

namespace ConfidentialOperator.Lab.Verbs;

/// <summary><c>demo</c>: tells the story from an empty machine to an answer, and what the admin gets. The code is 0 only if every line holds.</summary>
internal static class DemoVerb
{
    private const string Run = "story";

    public static async Task<int> RunAsync(string? model, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        IAnsiConsole console = AnsiConsole.Console;
        if (Console.IsOutputRedirected) console.Profile.Width = 4096;
        LabFolders folders = LabFolders.Of(Run);
        if (LabState.Read(folders) is { IsAlive: true } other) throw new LabException($"The demonstration is being told already, by process {other.ProcessId}.");
        console.MarkupLine("[bold]A model nobody can read, asked by somebody nobody can overhear.[/] [grey]One machine, software hardware, everything else real.[/]");
        await using Stage stage = await Stage.BuildAsync(folders, model, cancellationToken);
        LabState state = LabState.Own(stage.Cluster.MemoryFolder);
        state.Write(folders);
        try
        {
            Telling telling = new(console);
            await Story.TellAsync(stage, telling, cancellationToken);
            console.WriteLine();
            string time = $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0} s";
            console.MarkupLine(telling.Failed == 0
                ? $"[green]{telling.Held} facts, all of them hold[/] ({time})"
                : $"[red]{telling.Failed} of {telling.Held + telling.Failed} facts do not hold[/] ({time}); logs are in {Markup.Escape(folders.Logs)}");
            return telling.Failed == 0 ? 0 : 1;
        }
        finally
        {
            state.Forget(folders);
        }
    }
}
