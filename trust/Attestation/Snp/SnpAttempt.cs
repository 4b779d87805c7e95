using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>
/// One attempt to authenticate a report with one certificate: what the steps look at. Everything is found before the first step looks, so that a step
/// depends on no other; what could not be found is null.
/// </summary>
internal sealed class SnpAttempt
{
    private static readonly PathRules s_amd = new(Vendor.Amd, SignatureScheme.PssSha384);

    public SnpAttempt(SnpReport report, SnpVerifier.Candidate candidate, SnpEndorsements endorsements, TrustRoots roots, DateTimeOffset now)
    {
        Report = report;
        Leaf = candidate.Leaf;
        IsSigner = candidate.IsSigner;
        HasUnreadable = endorsements.HasUnreadable;
        Now = now;
        if (Leaf is null)
        {
            return;
        }

        Chip = new SnpChipCertificate(Leaf);
        if (CertificatePath.TryBuild(Leaf, endorsements.Authorities, roots, s_amd, out CertificatePath? path, out Refusal? refusal))
        {
            Path = path;
            roots.Keys.Know(Leaf);
            Revocation = SnpRevocationFinding.Find(path, endorsements.Lists, now);
        }

        PathRefusal = refusal;
    }

    public SnpReport Report { get; }

    /// <summary>Gets the certificate; null when none came with the evidence.</summary>
    public Certificate? Leaf { get; }

    /// <summary>Gets whether some of what came with the evidence could not be read.</summary>
    public bool HasUnreadable { get; }

    public DateTimeOffset Now { get; }

    /// <summary>Gets whether the report's signature verifies under the certificate's key.</summary>
    public bool IsSigner { get; }

    /// <summary>Gets what the certificate says; null without one.</summary>
    public SnpChipCertificate? Chip { get; }

    /// <summary>Gets the path to an accepted root; null when there is none.</summary>
    public CertificatePath? Path { get; }

    /// <summary>Gets why there is no path.</summary>
    public Refusal? PathRefusal { get; }

    /// <summary>Gets what is known about revocation; null without a path.</summary>
    public SnpRevocationFinding? Revocation { get; }
}
