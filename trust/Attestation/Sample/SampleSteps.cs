using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Sample;

/// <summary>The one step from sample evidence to a subject of a policy: a switch.</summary>
internal static class SampleSteps
{
    public static RuleList<SampleAttempt> All { get; } = new("Sample: is evidence that proves nothing let through?",
        new Rule<SampleAttempt>("sample-switch", RuleAspect.Genuine, "Confidential Containers, sample attester", SampleIsAllowed, RefusalReason.EvidenceKindNotAccepted));

    private static Finding SampleIsAllowed(SampleAttempt attempt) => Finding.Of(attempt.IsAllowed, RefusalReason.EvidenceKindNotAccepted,
        "hardware evidence", "sample evidence",
        "The evidence is a sample, which anybody can write: no hardware stands behind it, and it is let through only by a development switch.");
}
