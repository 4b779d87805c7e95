using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Sample;

/// <summary>What the rules of a policy look at.</summary>
/// <param name="Claim">The evidence that was let through.</param>
/// <param name="Signed">The policy.</param>
/// <param name="ReportData">What it must be bound to.</param>
/// <param name="Now">The time.</param>
internal sealed record SampleSubject(UnprovenSample Claim, SignedTrustPolicy Signed, ByteString ReportData, DateTimeOffset Now)
{
    public TrustPolicy Policy => Signed.Policy;
}
