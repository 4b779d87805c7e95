using ConfidentialOperator.Attestation.Rules;

namespace ConfidentialOperator.Attestation.Tests.Running;

/// <summary>Every suite of this assembly.</summary>
internal static class RuleSuites
{
    public static IReadOnlyList<IRuleSuite> All { get; } =
    [
        .. typeof(RuleSuites).Assembly.GetTypes().Where(type => type.IsClass && !type.IsAbstract && type.IsAssignableTo(typeof(IRuleSuite)))
            .OrderBy(type => type.FullName, StringComparer.Ordinal).Select(type => (IRuleSuite)Activator.CreateInstance(type)!),
    ];

    /// <summary>Returns what a case found, in short: the first rule that failed and its reason; empty when every rule holds.</summary>
    public static string Verdict(IReadOnlyList<RuleResult> results)
    {
        RuleResult? first = results.FirstOrDefault(result => result.Outcome == RuleOutcome.Failed) ?? results.FirstOrDefault(result => !result.IsFine);
        return first is null ? "" : $"{first.Rule}: {first.Reason}";
    }
}
