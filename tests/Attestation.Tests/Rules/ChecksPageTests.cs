using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using ConfidentialOperator.Attestation.Rules;

namespace ConfidentialOperator.Attestation.Tests.Rules;

/// <summary>The page of checks is written from the rules, so that it cannot say more or less than the verifier does.</summary>
public sealed partial class ChecksPageTests
{
    private const string Head = """
        # Checks

        <!-- Generated from the lists of rules in trust/Attestation (`make generate`). Do not edit. -->

        Every rule of the verifier, in the order in which each list runs. All rules of a list run. The first rule that fails, in this order, gives the refusal its
        reason. [What is verified](verification.md) says how the answers make a verdict; the reasons are those of conditions, logs and the audit log; where a rule may
        be waived, the column names the member of the [trust policy](../protocol/trust-policy.md) that holds `{"waived": "why"}`. Nothing else waives a rule. A rule
        that is only told refuses nobody: it says what people should know.

        """;

    [Fact]
    [Trait("Writes", "Files")]
    public void ThePageListsEveryRule()
    {
        string path = Page();
        string expected = Head.ReplaceLineEndings("\n") + Tables();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.True(File.Exists(path) && expected == File.ReadAllText(path), "docs/reference/checks.md is out of date; run 'make generate'");
    }

    [Fact]
    public void ListsHaveTitlesOfTheirOwnAndRulesHaveNamesOfTheirOwn()
    {
        Assert.Distinct(RuleBook.All.Select(list => list.Title));
        Assert.All(RuleBook.All, list => Assert.NotEmpty(list.Rules));
        Assert.All(RuleBook.All, list => Assert.Distinct(list.Rules.Select(rule => rule.Name)));
        Assert.All(Rules(), rule => Assert.Matches("^[a-z][a-z0-9-]*$", rule.Name));
    }

    [Fact]
    public void EveryRuleIsWrittenDownSomewhereAndRefusesForAReasonOrOnlyTells() => Assert.All(Rules(), rule =>
    {
        Assert.False(string.IsNullOrWhiteSpace(rule.Specification), rule.Name);
        Assert.True(rule.Reasons.Length > 0 != rule.IsOnlyTold, $"{rule.Name} has {rule.Reasons.Length} reasons, and IsOnlyTold is {rule.IsOnlyTold}");
        Assert.Distinct(rule.Reasons);
    });

    [Fact]
    public void AWaiverIsAMemberOfThePolicy() =>
        Assert.All(Rules().Where(rule => rule.Waiver is not null), rule => Assert.Matches("^(tee|gpu)(\\.[A-Za-z0-9-]+)+(, gpu(\\.[A-Za-z0-9-]+)+)*$", rule.Waiver));

    [Fact]
    public void NoResultIsMadeByAnythingButAListedRuleOrStep()
    {
        string[] makers = [.. Directory.EnumerateFiles(Path.GetFullPath(Path.Combine(Page(), "..", "..", "..", "trust", "Attestation")), "*.cs", SearchOption.AllDirectories)
            .Where(file => ResultMaker().IsMatch(File.ReadAllText(file))).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        Assert.Equal(["ReadingStep.cs", "Rule.cs"], makers);
        Assert.Distinct(ReadingStep.All.Select(step => step.Name).Concat(Rules().Select(rule => rule.Name).Distinct()));
    }

    private static IEnumerable<IRule> Rules() => RuleBook.All.SelectMany(list => list.Rules);

    private static string Tables()
    {
        var page = new StringBuilder("\n## Before any rule\n\n| step | holds when | answers | written down in |\n|---|---|---|---|\n");
        foreach (ReadingStep step in ReadingStep.All)
        {
            page.Append($"| `{step.Name}` | {step.HoldsWhen} | {step.Aspect.ToString().ToLowerInvariant()} | {step.Specification} |\n");
        }

        foreach (IRuleList list in RuleBook.All)
        {
            page.Append($"\n## {list.Title}\n\n| rule | holds when | answers | refuses with | waived by | written down in |\n|---|---|---|---|---|---|\n");
            foreach (IRule rule in list.Rules)
            {
                string reasons = rule.IsOnlyTold ? "only told" : string.Join(", ", rule.Reasons.Select(reason => $"`{reason}`"));
                page.Append($"| `{rule.Name}` | {Words(rule.LookName)} | {rule.Aspect.ToString().ToLowerInvariant()} | {reasons} | {(rule.Waiver is { } waiver ? $"`{waiver}`" : "")} | {rule.Specification} |\n");
            }
        }

        return page.ToString();
    }

    private static string Words(string name) =>
        Acronym().Replace(Hump().Replace(name, " $0").Trim().ToLowerInvariant(), word => word.Value.ToUpperInvariant());

    private static string Page([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "docs", "reference", "checks.md"));

    [GeneratedRegex(@"\b(tcb|smt|abi|id|tee|qe|pck|tpm|hcl|ak|rim|spdm|ecc|tio)\b")]
    private static partial Regex Acronym();

    [GeneratedRegex(@"new RuleResult\b(?!\[)|RuleResult \w+\([^)]*\) => new\(\)")]
    private static partial Regex ResultMaker();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Hump();
}
