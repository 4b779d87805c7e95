using System.Text.RegularExpressions;

namespace ConfidentialOperator.Architecture.Tests;

/// <summary>Documents point at things that exist and claim only what a test shows.</summary>
public sealed partial class DocumentTests
{
    /// <summary>Code is looked at too: some readers take a bracket in it for a link, and what is generated can be written without.</summary>
    [Fact]
    public void LinksAreAlive()
    {
        IEnumerable<string> dead = Repository.Files("*.md").SelectMany(file => Link().Matches(File.ReadAllText(file))
            .Select(match => match.Groups[1].Value)
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal))
            .Where(target => !Exists(Path.Combine(Path.GetDirectoryName(file)!, target)))
            .Select(target => $"{Repository.Relative(file)}: {target}"));
        Assert.Empty(dead);
    }

    [Fact]
    public void LinksLeadToHeadingsThatExist()
    {
        List<string> dead = [];
        foreach (string file in Repository.Files("*.md"))
        {
            foreach (Match match in Anchor().Matches(Prose(file)))
            {
                string target = match.Groups[1].Length == 0 ? file : Path.Combine(Path.GetDirectoryName(file)!, match.Groups[1].Value);
                if (File.Exists(target) && !Headings(target).Contains(match.Groups[2].Value)) dead.Add($"{Repository.Relative(file)}: {match.Value}");
            }
        }

        Assert.Empty(dead);
    }

    [Fact]
    public void ThreatModelRowsNameFilesAndTestsThatExist()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "THREAT-MODEL.md")).Where(line => line.StartsWith("| T", StringComparison.Ordinal))];
        Assert.NotEmpty(rows);
        List<string> wrong = [];
        foreach (string row in rows)
        {
            string[] cells = [.. row.Trim('|', ' ').Split('|').Select(cell => cell.Trim())];
            if (cells.Length != 6)
            {
                wrong.Add($"{cells[0]}: {cells.Length} columns instead of 6");
                continue;
            }

            wrong.AddRange(Missing(cells[0], cells[4]));
            wrong.AddRange(cells[5].StartsWith("no test yet", StringComparison.Ordinal) ? [] : Missing(cells[0], cells[5]));
        }

        Assert.Empty(wrong);
    }

    private static IEnumerable<string> Missing(string row, string cell)
    {
        string[] paths = [.. Code().Matches(cell).Select(match => match.Groups[1].Value)];
        return paths.Length == 0 ? [$"{row}: no path"] : paths.Where(path => !Exists(Path.Combine(Repository.Root, path))).Select(path => $"{row}: {path}");
    }

    /// <summary>A document without its code, which may have brackets of its own.</summary>
    private static string Prose(string file)
    {
        bool fenced = false;
        List<string> lines = [];
        foreach (string line in File.ReadLines(file))
        {
            bool fence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (!fenced && !fence) lines.Add(Code().Replace(line, ""));
            fenced ^= fence;
        }

        Assert.False(fenced, $"{Repository.Relative(file)} has a code block without an end");
        return string.Join('\n', lines);
    }

    private static IEnumerable<string> Headings(string file) => File.ReadLines(file).Where(line => line.StartsWith('#'))
        .Select(line => new string([.. line.TrimStart('#').Trim().ToLowerInvariant().Replace(' ', '-').Where(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_')]));

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    [GeneratedRegex(@"\]\(([^)#\s]*)[^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\]\(([^)#\s:]*)#([^)\s]+)\)")]
    private static partial Regex Anchor();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
