using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation;

/// <summary>What became of evidence: every step, and what hardware vouches for; null when a step failed.</summary>
internal sealed record Authentication(AuthenticEvidence? Evidence, IReadOnlyList<RuleResult> Results)
{
    /// <summary>Gets the first refusal; null when hardware vouches for it.</summary>
    public Refusal? Refusal => Results.Select(result => result.Refusal).FirstOrDefault(refusal => refusal is not null);

    /// <summary>Gets whether every step about the hardware's word holds; a certificate or firmware that is out of date does not change that.</summary>
    public bool IsGenuine => Results.Count > 0 && Results.All(result => result.Aspect != RuleAspect.Genuine || result.IsFine);
}
