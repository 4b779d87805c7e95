using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>A leaf, the intermediate that issued it, and the accepted root that issued that: AMD's chains have this one shape.</summary>
internal sealed record CertificateChain(Certificate Leaf, Certificate Intermediate, TrustAnchor Anchor)
{
    /// <summary>
    /// Finds the chain. Below AMD's roots only the built-in intermediates count, so that a former intermediate whose key may be lost (AMD replaced one)
    /// is no way in; below a development root any intermediate that came with the evidence may be the link.
    /// </summary>
    public static bool TryBuild(Certificate leaf, IReadOnlyList<Certificate> given, TrustRoots roots,
        [NotNullWhen(true)] out CertificateChain? chain, [NotNullWhen(false)] out Refusal? refusal)
    {
        chain = null;
        refusal = Shape(leaf);
        if (refusal is not null)
        {
            return false;
        }

        chain = roots.Memory.Find(leaf, given) ?? Search(leaf, given, roots);
        if (chain is null)
        {
            refusal = new(RefusalReason.ChainUntrusted, roots.HasDevelopmentRoots
                ? "The chip's certificate does not lead to a root of AMD or to a configured development root; check which roots are configured."
                : "The chip's certificate does not lead to a root of AMD; evidence of a development machine needs its root configured as a development root.");
            return false;
        }

        roots.Memory.Keep(chain);
        return true;
    }

    /// <summary>Returns a refusal when a certificate of the chain is outside its validity.</summary>
    public Refusal? CheckTime(DateTimeOffset now)
    {
        Certificate? outside = new[] { Leaf, Intermediate, Anchor.Root }.FirstOrDefault(certificate => !certificate.IsValidAt(now));
        return outside is null ? null : new(RefusalReason.CertificateExpired,
            $"Certificate '{outside.CommonName}' is valid from {outside.NotBefore:u} to {outside.NotAfter:u}, not at {now:u}; fetch the chip's current certificate.");
    }

    private static Refusal? Shape(Certificate leaf) => leaf switch
    {
        { HasAuthorityMark: true } => new(RefusalReason.ChainUntrusted, "The chip's certificate says that it may issue certificates; a chip's certificate never does."),
        { HasUnknownDemand: true } => new(RefusalReason.ChainUntrusted, "The chip's certificate has a critical extension that is not known."),
        _ => null,
    };

    private static CertificateChain? Search(Certificate leaf, IReadOnlyList<Certificate> given, TrustRoots roots) =>
        roots.For(Vendor.Amd).SelectMany(anchor => Links(anchor, given).Select(link => new CertificateChain(leaf, link, anchor))).FirstOrDefault(chain => chain.IsSound());

    private static IEnumerable<Certificate> Links(TrustAnchor anchor, IReadOnlyList<Certificate> given) =>
        anchor.IsDevelopment ? given.Where(certificate => certificate.Der != anchor.Root.Der) : anchor.Intermediates;

    private bool IsSound() =>
        Leaf.Issuer == Intermediate.Subject && Intermediate.Issuer == Anchor.Root.Subject
        && Intermediate.IsAuthority && !Intermediate.HasUnknownDemand
        && Leaf.Signed.IsSignedBy(Intermediate.PublicKey, SignatureScheme.PssSha384) && Intermediate.Signed.IsSignedBy(Anchor.Root.PublicKey, SignatureScheme.PssSha384);
}
