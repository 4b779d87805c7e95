using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>A path of certificates, leaf first and accepted root last, each signed by the next (RFC 5280, section 6, for the shapes that vendors use).</summary>
internal sealed record CertificatePath(IReadOnlyList<Certificate> Certificates, TrustAnchor Anchor)
{
    private const int Longest = 8;
    private const int MostSignatures = 64;

    public Certificate Leaf => Certificates[0];

    /// <summary>Gets the certificate that issued the leaf.</summary>
    public Certificate Issuer => Certificates[1];

    public bool IsDevelopment => Anchor.IsDevelopment;

    /// <summary>Gets the first end of a validity along the path.</summary>
    public DateTimeOffset NotAfter => Certificates.Min(certificate => certificate.NotAfter);

    /// <summary>Finds a path. Below a root with built-in intermediates only those count, so that a former intermediate is no way in.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="given">Certificates from anywhere, in any order.</param>
    /// <param name="roots">The accepted roots.</param>
    /// <param name="rules">What the vendor's certificates look like.</param>
    /// <param name="path">The path.</param>
    /// <param name="refusal">Why there is none.</param>
    public static bool TryBuild(Certificate leaf, IReadOnlyList<Certificate> given, TrustRoots roots, PathRules rules,
        [NotNullWhen(true)] out CertificatePath? path, [NotNullWhen(false)] out Refusal? refusal)
    {
        path = null;
        refusal = Shape(leaf, rules);
        if (refusal is not null)
        {
            return false;
        }

        path = roots.Paths.Find(leaf, given, rules) ?? Search(leaf, given, roots, rules);
        if (path is null)
        {
            refusal = new(RefusalReason.ChainUntrusted, $"Certificate '{leaf.CommonName}' does not lead to an accepted root of {rules.Vendor}"
                + (roots.HasDevelopmentRoots ? " or to a configured development root; check which roots are configured, and that every intermediate is there."
                    : "; every intermediate must be there, and evidence of a development machine needs its root configured as a development root."));
            return false;
        }

        roots.Paths.Keep(path, rules);
        return true;
    }

    /// <summary>Returns a refusal when a certificate of the path is outside its validity.</summary>
    public Refusal? CheckTime(DateTimeOffset now)
    {
        Certificate? outside = Certificates.FirstOrDefault(certificate => !certificate.IsValidAt(now));
        return outside is null ? null : new(RefusalReason.CertificateExpired,
            $"Certificate '{outside.CommonName}' is valid from {outside.NotBefore:u} to {outside.NotAfter:u}, not at {now:u}; fetch the current one.");
    }

    private static Refusal? Shape(Certificate leaf, PathRules rules) =>
        leaf.HasAuthorityMark && !rules.LeafMayIssue
            ? new(RefusalReason.ChainUntrusted, $"Certificate '{leaf.CommonName}' says that it may issue certificates; a certificate that signs evidence never does.")
        : leaf.HasDemandBeyond(rules.KnownExtensions)
            ? new(RefusalReason.ChainUntrusted, $"Certificate '{leaf.CommonName}' has a critical extension that is not known.") : null;

    private static CertificatePath? Search(Certificate leaf, IReadOnlyList<Certificate> given, TrustRoots roots, PathRules rules)
    {
        int budget = MostSignatures;
        foreach (TrustAnchor anchor in roots.For(rules.Vendor))
        {
            var path = new List<Certificate>(Longest) { leaf };
            if (leaf.Der != anchor.Root.Der && Climb(path, anchor.Intermediates.Count > 0 ? anchor.Intermediates : given, anchor.Root, rules, ref budget))
            {
                return new CertificatePath(path, anchor);
            }
        }

        return null;
    }

    private static bool Climb(List<Certificate> path, IReadOnlyList<Certificate> links, Certificate root, PathRules rules, ref int budget)
    {
        Certificate last = path[^1];
        if (IsIssuedBy(last, root, path.Count, rules, ref budget))
        {
            path.Add(root);
            return true;
        }

        foreach (Certificate link in links)
        {
            if (path.Count < Longest - 1 && link.Der != root.Der && !path.Contains(link) && IsIssuedBy(last, link, path.Count, rules, ref budget))
            {
                path.Add(link);
                if (Climb(path, links, root, rules, ref budget))
                {
                    return true;
                }

                path.RemoveAt(path.Count - 1);
            }
        }

        return false;
    }

    /// <summary>Returns whether the issuer made this certificate and may have: the number of authorities below it is one less than the path so far.</summary>
    private static bool IsIssuedBy(Certificate certificate, Certificate issuer, int length, PathRules rules, ref int budget) =>
        certificate.Issuer == issuer.Subject && issuer.IsAuthority && !issuer.HasDemandBeyond(rules.KnownExtensions)
        && (issuer.PathLength is not { } most || length - 1 <= most)
        && --budget >= 0 && certificate.Signed.IsSignedBy(issuer, rules.Scheme);
}
