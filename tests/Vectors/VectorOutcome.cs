using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Vectors;

/// <summary>What the product says about a case.</summary>
/// <param name="Refusal">Why it refuses; null when it accepts.</param>
internal sealed record VectorOutcome(Refusal? Refusal)
{
    public static VectorOutcome Accepted { get; } = new((Refusal?)null);

    /// <summary>Gets the TCB status of TDX that was found; null when none was reached.</summary>
    public string? TcbStatus { get; init; }

    /// <summary>Gets values that were read and differ from what the set states as facts about the evidence.</summary>
    public IReadOnlyList<string> WrongValues { get; init; } = [];

    public bool IsAccepted => Refusal is null;

    /// <summary>The verdict of these results: what failed first, and otherwise what was not judged.</summary>
    public static VectorOutcome Of(IEnumerable<RuleResult> results)
    {
        RuleResult[] unfit = [.. results.Where(result => !result.IsFine)];
        RuleResult? first = Array.Find(unfit, result => result.Outcome == RuleOutcome.Failed) ?? unfit.FirstOrDefault();
        return new(first is null ? null : new Refusal(first.Reason, $"[{first.Rule}] {first.Message}"));
    }
}
