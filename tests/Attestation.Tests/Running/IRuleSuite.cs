using ConfidentialOperator.Attestation.Rules;

namespace ConfidentialOperator.Attestation.Tests.Running;

/// <summary>
/// The tests of one list of rules: a scene in which every rule holds, and for each rule scenes in which it does not, alone as far as its nature allows.
/// A suite is run with the list as it is and with each rule left out in turn; leaving a rule out must change what some case finds.
/// </summary>
internal interface IRuleSuite
{
    /// <summary>Gets the list.</summary>
    public IRuleList List { get; }

    /// <summary>Gets the cases: at least one per rule, and one without a rule, in which everything holds.</summary>
    public IReadOnlyList<RuleCase> Cases { get; }

    /// <summary>Runs a case and returns every result of the list.</summary>
    /// <param name="given">The case.</param>
    /// <param name="without">The rule that is left out; null for none.</param>
    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without);
}
