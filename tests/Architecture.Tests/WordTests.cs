using System.Text.RegularExpressions;

namespace ConfidentialOperator.Architecture.Tests;

/// <summary>Words that may not stand in the product: unfinished marks, silenced checks, paths of one machine.</summary>
public sealed partial class WordTests
{
    private static readonly string[] s_extensions = [".cs", ".csproj", ".props", ".md", ".yaml", ".yml", ".sh", ".py", ".json", ".toml", ".rego", ".tpl", ""];

    // The words are put together so that this file does not contain them.
    private static readonly string[] s_words =
    [
        "TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK", "NotImplemented" + "Exception", "#pragma warning " + "disable", "Thread." + "Sleep(",
        "Assert.True(" + "true)", "Skip" + " = \"", "/wo" + "rk/", "/far" + "m/", ".libra" + "ry/", "/tmp/" + "wt",
    ];

    [Fact]
    public void BannedWordsAppearNowhere()
    {
        List<string> found = [];
        foreach (string file in Repository.Files("*").Where(IsText))
        {
            string text = File.ReadAllText(file);
            found.AddRange(s_words.Where(word => Contains(text, word)).Select(word => $"{Repository.Relative(file)}: {word}"));
        }

        Assert.Empty(found);
    }

    [Fact]
    public void EveryReasonHasOneNumber()
    {
        string source = File.ReadAllText(Path.Combine(Repository.Root, "trust", "Protocol", "RefusalReason.cs"));
        string[] numbers = [.. Member().Matches(source).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(numbers);
        Assert.Equal(numbers.Distinct(), numbers);
    }

    private static bool IsText(string file) => s_extensions.Contains(Path.GetExtension(file)) && !file.EndsWith(".lock.json", StringComparison.Ordinal)
        && new FileInfo(file).Length < 2_000_000;

    private static bool Contains(string text, string word)
    {
        for (int at = text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            // A capital mark inside a base64 or hexadecimal text is no mark.
            bool letters = char.IsLetter(word[0]) && word.All(char.IsUpper);
            bool before = at > 0 && char.IsLetterOrDigit(text[at - 1]);
            bool after = at + word.Length < text.Length && char.IsLetterOrDigit(text[at + word.Length]);
            if (!letters || (!before && !after))
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex(@"^\s+[A-Z][A-Za-z]+ = (\d+),", RegexOptions.Multiline)]
    private static partial Regex Member();
}
