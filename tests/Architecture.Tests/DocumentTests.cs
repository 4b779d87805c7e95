using System.Text.RegularExpressions;

namespace ConfidentialOperator.Architecture.Tests;

/// <summary>Documents point at things that exist and claim only what a test shows.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void LinksAreAlive()
    {
        IEnumerable<string> dead = Repository.Files("*.md").SelectMany(file => Link().Matches(Code().Replace(File.ReadAllText(file), ""))
            .Select(match => match.Groups[1].Value)
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal))
            .Where(target => !Exists(Path.Combine(Path.GetDirectoryName(file)!, target)))
            .Select(target => $"{Repository.Relative(file)}: {target}"));
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

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    [GeneratedRegex(@"\]\(([^)#\s]*)[^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
