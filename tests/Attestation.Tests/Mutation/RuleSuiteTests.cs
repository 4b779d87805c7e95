using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;

namespace ConfidentialOperator.Attestation.Tests.Mutation;

/// <summary>Every rule of every list: it holds where it must, it fails where it must, and it is missed when it is left out.</summary>
public sealed class RuleSuiteTests
{
    public static TheoryData<string> Lists => [.. RuleSuites.All.Select(suite => suite.List.Title)];

    public static TheoryData<string> Rules => [.. RuleSuites.All.SelectMany(suite => suite.List.Rules.Select(rule => $"{suite.List.Title} / {rule.Name}"))];

    [Fact]
    public void ASuiteIsOfAListOfTheBookAndNoListHasTwo()
    {
        Assert.Distinct(RuleSuites.All.Select(suite => suite.List.Title));
        Assert.All(RuleSuites.All, suite => Assert.Contains(suite.List, RuleBook.All));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Lists))]
    public void EveryCaseFindsWhatItMust(string title)
    {
        IRuleSuite suite = SuiteOf(title);
        string[] wrong = [.. suite.Cases.Select(given => (given, Found: RuleSuites.Verdict(suite.Run(given, null))))
            .Where(pair => pair.Found != Expected(pair.given)).Select(pair => $"{pair.given.Name}: expected '{Expected(pair.given)}', found '{pair.Found}'")];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Lists))]
    public void ThereIsACaseInWhichEveryRuleHoldsAndOneForEachRule(string title)
    {
        IRuleSuite suite = SuiteOf(title);
        Assert.Contains(suite.Cases, given => given.Rule is null);
        Assert.Empty(suite.List.Rules.Select(rule => rule.Name).Except(suite.Cases.Select(given => given.Rule!)));
        Assert.Distinct(suite.Cases.Select(given => given.Name));
    }

    /// <summary>The mutation run over the rules: each is left out in turn, and some case must find something else than it did.</summary>
    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Rules))]
    public void ARuleThatIsLeftOutIsMissed(string name)
    {
        string[] parts = name.Split(" / ");
        IRuleSuite suite = SuiteOf(parts[0]);
        Assert.True(suite.Cases.OrderByDescending(given => given.Rule == parts[1]).Any(given => RuleSuites.Verdict(suite.Run(given, parts[1])) != Expected(given)),
            $"Rule '{parts[1]}' survives its deletion: no case of '{parts[0]}' finds anything else without it.");
    }

    private static IRuleSuite SuiteOf(string title) => RuleSuites.All.SingleOrDefault(suite => suite.List.Title == title)
        ?? throw new InvalidOperationException($"The list '{title}' has no suite: write an IRuleSuite for it.");

    private static string Expected(RuleCase given) => given.Rule is null ? "" : $"{given.Rule}: {given.Reason}";
}
