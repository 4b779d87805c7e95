using System.Globalization;
using System.Text.RegularExpressions;

namespace ConfidentialOperator.Architecture.Tests;

/// <summary>Log events have one number each, in the range of their project, and one file per project.</summary>
public sealed partial class LogTests
{
    private static readonly Dictionary<string, int> s_ranges = new(StringComparer.Ordinal)
    {
        ["operator/Controller/"] = 1000,
        ["trust/KeyBroker/"] = 2000,
        ["runtime/Inference/"] = 3000,
        ["runtime/Sidecar/"] = 4000,
        ["trust/Client/"] = 5000,
        ["trust/Cli/"] = 5000,
    };

    [Fact]
    public void EventIdsAreUnique()
    {
        IEnumerable<string> twice = Events().GroupBy(entry => entry.Id).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(entry => entry.File))}");
        Assert.Empty(twice);
    }

    [Fact]
    public void EventIdsStayInTheRangeOfTheirProject()
    {
        IEnumerable<string> wrong = Events().Where(entry => entry.Id < Range(entry.File) || entry.Id > Range(entry.File) + 99)
            .Select(entry => $"{entry.File}: {entry.Id}");
        Assert.Empty(wrong);
    }

    /// <summary>A message whose number cannot be read here would escape the other rules.</summary>
    [Fact]
    public void EveryLogLineBeginsWithItsId() => Assert.Empty(Repository.Files("*.cs")
        .Where(file => !Repository.Relative(file).StartsWith("tests/", StringComparison.Ordinal)).SelectMany(file => File.ReadLines(file)
            .Where(line => line.Contains("[LoggerMessage(", StringComparison.Ordinal) && !MessageId().IsMatch(line)).Select(line => $"{Repository.Relative(file)}: {line.Trim()}")));

    [Fact]
    public void EveryLogLineOfAProjectIsInItsLogFile() =>
        Assert.Empty(Events().Where(entry => !entry.File.EndsWith("/Log.cs", StringComparison.Ordinal)).Select(entry => entry.File).Distinct());

    private static int Range(string file) =>
        s_ranges.FirstOrDefault(range => file.StartsWith(range.Key, StringComparison.Ordinal)).Value;

    private static IEnumerable<(string File, int Id)> Events() => Repository.Files("*.cs")
        .Where(file => !Repository.Relative(file).StartsWith("tests/", StringComparison.Ordinal))
        .SelectMany(file => MessageId().Matches(File.ReadAllText(file))
            .Select(match => (Repository.Relative(file), int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))));

    [GeneratedRegex(@"\[LoggerMessage\((?:EventId = )?(\d+)")]
    private static partial Regex MessageId();
}
