using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>What the rules that are SEV-SNP's own look at.</summary>
/// <param name="Authentic">The authentic report.</param>
/// <param name="Rules">The owner's rules for it: those for SEV-SNP, or for SEV-SNP below a paravisor; null when the policy has none.</param>
internal sealed record SnpSubject(AuthenticSnpReport Authentic, SnpPolicy? Rules)
{
    public SnpReport Report => Authentic.Report;

    /// <summary>Gets the owner's rules; the list of the owner's rules is applied only when there are some.</summary>
    public SnpPolicy Snp => Rules!;
}
