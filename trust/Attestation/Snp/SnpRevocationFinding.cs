using ConfidentialOperator.Attestation.Certificates;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>What is known about revocation of the intermediate that issued the chip's certificate.</summary>
/// <param name="IsCurrent">Whether a list of the root, signed by it and current, was looked at.</param>
/// <param name="Found">What was found, for people.</param>
public sealed record SnpRevocationFinding(bool IsCurrent, string Found)
{
    /// <summary>Gets the list that names the intermediate. A list that has run out cannot prove that nothing was revoked since; what it names stays revoked.</summary>
    internal RevocationList? RevokedBy { get; private init; }

    /// <summary>Gets the end of the list that was looked at; null when none is current.</summary>
    internal DateTimeOffset? Until { get; private init; }

    internal static SnpRevocationFinding Find(CertificatePath path, IReadOnlyList<RevocationList> lists, DateTimeOffset now)
    {
        RevocationList? newest = null;
        RevocationList? revoking = null;
        foreach (RevocationList list in lists)
        {
            if (list.IsFrom(path.Anchor.Root, SignatureScheme.PssSha384))
            {
                newest = newest is null || list.ThisUpdate > newest.ThisUpdate ? list : newest;
                revoking ??= list.Revokes(path.Issuer) ? list : null;
            }
        }

        return newest is null ? new SnpRevocationFinding(false, "no list that the root signed")
            : new SnpRevocationFinding(newest.IsCurrentAt(now), $"a list from {newest.ThisUpdate:u} to {newest.NextUpdate:u}")
            {
                RevokedBy = revoking,
                Until = newest.IsCurrentAt(now) ? newest.NextUpdate : null,
            };
    }
}
