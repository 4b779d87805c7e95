using System.Diagnostics;
using Spectre.Console;

namespace ConfidentialOperator.Lab.Demo;

/// <summary>Tells the story on one screen: a line per fact, with a mark that the fact has earned.</summary>
internal sealed class Telling(IAnsiConsole console)
{
    /// <summary>How many facts did not hold.</summary>
    public int Failed { get; private set; }

    public int Held { get; private set; }

    public void Chapter(string title)
    {
        console.WriteLine();
        console.MarkupLine($"[bold]{Markup.Escape(title)}[/]");
    }

    /// <summary>A line without a claim.</summary>
    public void Say(string text) => console.MarkupLine($"    [grey]{Markup.Escape(text)}[/]");

    /// <summary>Checks a fact and prints it. What is thrown on the way is a fact that does not hold.</summary>
    public async Task FactAsync(string claim, Func<Task<Proof>> check)
    {
        long start = Stopwatch.GetTimestamp();
        Proof proof = await ProveAsync(check);
        string seconds = $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s";
        if (proof.Holds) Held++;
        else Failed++;
        string mark = proof.Holds ? "[green]✔[/]" : "[red]✘[/]";
        console.MarkupLine($"  {mark} {Markup.Escape(claim)}[grey]: {Markup.Escape(OneLine(proof))} ({seconds})[/]");
    }

    /// <summary>What shows a fact that holds needs no more than a line; of one that does not, everything is told.</summary>
    private static string OneLine(Proof proof)
    {
        const int Longest = 190;
        string text = proof.Evidence.ReplaceLineEndings(" ");
        return proof.Holds && text.Length > Longest ? text[..(Longest - 1)] + "…" : text;
    }

    private static async Task<Proof> ProveAsync(Func<Task<Proof>> check)
    {
        try
        {
            return await check();
        }
        catch (Exception exception) when (exception is not OperationCanceledException || exception.InnerException is TimeoutException)
        {
            return Proof.Of(false, exception.Message);
        }
    }
}

/// <summary>Whether a fact holds, and what shows it.</summary>
internal sealed record Proof(bool Holds, string Evidence)
{
    public static Proof Of(bool holds, string evidence) => new(holds, evidence);
}
