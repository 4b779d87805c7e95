namespace ConfidentialOperator.Attestation.Sample;

/// <summary>What the one step about sample evidence looks at.</summary>
/// <param name="Claim">The evidence.</param>
/// <param name="IsAllowed">Whether the asker runs with the development switch.</param>
internal sealed record SampleAttempt(SampleClaim Claim, bool IsAllowed);
