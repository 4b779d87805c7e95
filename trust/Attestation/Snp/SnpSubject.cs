using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>What the rules of a policy look at.</summary>
/// <param name="Authentic">The authentic report.</param>
/// <param name="Signed">The policy.</param>
/// <param name="Rules">The owner's rules for it: those for SEV-SNP, or for SEV-SNP below a paravisor; null when the policy has none.</param>
/// <param name="ReportData">What the report must be bound to.</param>
/// <param name="Now">The time.</param>
internal sealed record SnpSubject(AuthenticSnpReport Authentic, SignedTrustPolicy Signed, SnpPolicy? Rules, ByteString ReportData, DateTimeOffset Now)
{
    public SnpReport Report => Authentic.Report;

    public TrustPolicy Policy => Signed.Policy;

    /// <summary>Gets the owner's rules; the list of the owner's rules is applied only when there are some.</summary>
    public SnpPolicy Snp => Rules!;
}
