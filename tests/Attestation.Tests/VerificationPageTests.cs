using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using ConfidentialOperator.Attestation.Rules;

namespace ConfidentialOperator.Attestation.Tests;

/// <summary>The page of rules is written from the rules, so that it cannot say more or less than the verifier does.</summary>
public sealed partial class VerificationPageTests
{
    private const string Begin = "<!-- generated: begin -->\n";
    private const string End = "<!-- generated: end -->\n";

    [Fact]
    [Trait("Writes", "Files")]
    public void ThePageListsEveryRule()
    {
        string path = Page();
        string text = File.ReadAllText(path);
        (int begin, int end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        string expected = Tables();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, text[..begin] + expected + text[end..]);
            return;
        }

        Assert.Equal(expected, text[begin..end]);
    }

    private static string Tables()
    {
        var page = new StringBuilder();
        foreach (IRuleList list in RuleBook.All)
        {
            Add(page, list);
        }

        return page.ToString();
    }

    private static void Add(StringBuilder page, IRuleList list)
    {
        page.Append($"\n## {list.Title}\n\n| rule | holds when | answers | written down in |\n|---|---|---|---|\n");
        foreach (IRule rule in list.Rules)
        {
            page.Append($"| `{rule.Name}` | {Words(rule.LookName)} | {rule.Aspect.ToString().ToLowerInvariant()} | {rule.Specification} |\n");
        }
    }

    private static string Words(string name) =>
        Acronym().Replace(Hump().Replace(name, " $0").Trim().ToLowerInvariant(), word => word.Value.ToUpperInvariant());

    private static string Page([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "docs", "reference", "verification.md"));

    [GeneratedRegex(@"\b(tcb|smt|abi|id|tee)\b")]
    private static partial Regex Acronym();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Hump();
}
