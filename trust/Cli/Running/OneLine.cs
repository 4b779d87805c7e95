namespace ConfidentialOperator.Cli.Running;

/// <summary>Sentences that may carry words of another machine, as they go to a terminal: one line, and nothing that the terminal would obey.</summary>
internal static class OneLine
{
    public static string Of(string text) => text.Any(char.IsControl) ? new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]) : text;
}
