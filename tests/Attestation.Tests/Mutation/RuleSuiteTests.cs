using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;

namespace ConfidentialOperator.Attestation.Tests.Mutation;

/// <summary>Every rule of every list: it holds where it must, it fails where it must, and it is missed when it is left out.</summary>
public sealed class RuleSuiteTests
{
    [Fact]
    public void EveryListOfTheBookHasOneSuite() =>
        Assert.Equal(RuleBook.All.Select(list => list.Title).Order(StringComparer.Ordinal), RuleSuites.All.Select(suite => suite.List.Title).Order(StringComparer.Ordinal));

    [Fact]
    public void EveryCaseFindsWhatItMust() => AssertNone(
        from suite in RuleSuites.All
        from given in suite.Cases
        let found = RuleSuites.Verdict(suite.Run(given, null))
        where found != Expected(given)
        select $"{suite.List.Title} '{given.Name}': expected '{Expected(given)}', found '{found}'");

    [Fact]
    public void EveryListHasACaseInWhichAllHoldsAndOneForEachRule()
    {
        AssertNone(RuleSuites.All.Where(suite => suite.Cases.All(given => given.Rule is not null)).Select(suite => $"{suite.List.Title}: no case in which every rule holds"));
        AssertNone(RuleSuites.All.SelectMany(suite => suite.List.Rules.Where(rule => !rule.IsOnlyTold).Select(rule => rule.Name).Except(suite.Cases.Select(given => given.Rule!))
            .Select(rule => $"{suite.List.Title}: no case for rule '{rule}'")));
    }

    /// <summary>The mutation run over the rules: each is left out in turn, and some case must find something else than it did.</summary>
    [Fact]
    public void ARuleThatIsLeftOutIsMissed() => AssertNone(
        from suite in RuleSuites.All
        from rule in suite.List.Rules
        where !rule.IsOnlyTold
        where suite.Cases.OrderByDescending(given => given.Rule == rule.Name).All(given => RuleSuites.Verdict(suite.Run(given, rule.Name)) == Expected(given))
        select $"{suite.List.Title}: rule '{rule.Name}' survives its deletion; no case finds anything else without it");

    /// <summary>A rule that refuses nobody must at least tell: in one case that all is well, in another what people should know.</summary>
    [Fact]
    public void ARuleThatOnlyTellsTells() => AssertNone(
        from suite in RuleSuites.All
        from rule in suite.List.Rules
        where rule.IsOnlyTold
        let outcomes = suite.Cases.SelectMany(given => suite.Run(given, null)).Where(result => result.Rule == rule.Name).Select(result => result.Outcome).Distinct()
        where !outcomes.Contains(RuleOutcome.Passed) || !outcomes.Contains(RuleOutcome.Noted)
        select $"{suite.List.Title}: rule '{rule.Name}' tells nothing");

    private static void AssertNone(IEnumerable<string> faults)
    {
        string[] found = [.. faults];
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    private static string Expected(RuleCase given) => given.Rule is null ? "" : $"{given.Rule}: {given.Reason}";
}
