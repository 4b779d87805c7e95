using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>What the rules of a policy look at: an authentic report, the policy, what the report must be bound to, and the time.</summary>
internal sealed record SnpSubject(AuthenticSnpReport Authentic, SignedTrustPolicy Signed, ByteString ReportData, DateTimeOffset Now)
{
    public SnpReport Report => Authentic.Report;

    public TrustPolicy Policy => Signed.Policy;

    /// <summary>Gets the rules for SEV-SNP; they are asked only when there are some.</summary>
    public SnpPolicy Snp => Signed.Policy.Snp!;
}
