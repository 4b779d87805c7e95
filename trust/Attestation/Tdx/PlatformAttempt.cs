using ConfidentialOperator.Attestation.Certificates;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>What of the collateral is Intel's word about the platform of a quote, under the very root that the quote's certificates lead to.</summary>
internal sealed class PlatformAttempt
{
    private readonly CertificatePath _path;
    private readonly IReadOnlyList<RevocationList> _lists;
    private readonly DateTimeOffset _now;

    public PlatformAttempt(TdxAttempt attempt, CertificatePath path, TrustRoots roots, PathRules rules)
    {
        (_path, _lists, _now) = (path, attempt.Collateral.Lists, attempt.Now);
        Signers = FindSigners(attempt.Collateral.Signers, roots, rules);
        Info = Best(attempt.Collateral.Infos, info => attempt.Pck is { } pck && info.IsFor(pck));
        Identity = Best(attempt.Collateral.Identities, identity => identity.Id == EnclaveIdentity.TdxId);
        InfoSigner = SignerOf(Info);
        IdentitySigner = SignerOf(Identity);
        PckList = BestList(path.Issuer);
        RootList = BestList(path.Anchor.Root);
        if (Info is not null && InfoSigner is not null && attempt.Pck is { } platform && Info.IsFor(platform))
        {
            EnclaveIdentity? identity = IdentitySigner is not null && Identity!.Id == EnclaveIdentity.TdxId ? Identity : null;
            Evaluation = new TcbEvaluation(Info, identity, platform, attempt.Quote.Report, attempt.Quote.QeReport);
        }
    }

    /// <summary>Gets the paths of certificates that sign statements: issued by the root itself.</summary>
    public IReadOnlyList<CertificatePath> Signers { get; }

    public TcbInfo? Info { get; }

    /// <summary>Gets who signed the TCB info; null when nobody did who may.</summary>
    public CertificatePath? InfoSigner { get; }

    public EnclaveIdentity? Identity { get; }

    /// <summary>Gets who signed the enclave identity; null when nobody did who may.</summary>
    public CertificatePath? IdentitySigner { get; }

    /// <summary>Gets the list of whoever issued the PCK certificate.</summary>
    public RevocationList? PckList { get; }

    /// <summary>Gets the list of the root.</summary>
    public RevocationList? RootList { get; }

    /// <summary>Gets Intel's judgement; null when there is no signed TCB info for the platform.</summary>
    public TcbEvaluation? Evaluation { get; }

    /// <summary>Gets the first end of a validity.</summary>
    public DateTimeOffset? ValidUntil
    {
        get
        {
            DateTimeOffset?[] ends = [_path.NotAfter, Info?.NextUpdate, Identity?.NextUpdate, PckList?.NextUpdate, RootList?.NextUpdate, InfoSigner?.NotAfter, IdentitySigner?.NotAfter];
            return ends.Min();
        }
    }

    public CertificatePath Path => _path;

    public static bool IsSigned(RevocationList list, Certificate issuer) => list.IsFrom(issuer, SignatureScheme.EcdsaP256Sha256);

    /// <summary>Returns the certificate that a list of its issuer takes back; null when none is.</summary>
    public Certificate? FindRevoked() =>
        IsRevoked(_path.Leaf, _path.Issuer) ? _path.Leaf
        : IsRevoked(_path.Issuer, _path.Anchor.Root) ? _path.Issuer
        : Revoked(InfoSigner) ?? Revoked(IdentitySigner);

    private Certificate? Revoked(CertificatePath? signer) => signer is not null && IsRevoked(signer.Leaf, _path.Anchor.Root) ? signer.Leaf : null;

    /// <summary>Whatever signed list names a certificate takes it back, an old one too.</summary>
    private bool IsRevoked(Certificate certificate, Certificate issuer)
    {
        foreach (RevocationList list in _lists)
        {
            if (list.Revokes(certificate) && IsSigned(list, issuer))
            {
                return true;
            }
        }

        return false;
    }

    private List<CertificatePath> FindSigners(IReadOnlyList<Certificate> certificates, TrustRoots roots, PathRules rules)
    {
        var signers = new List<CertificatePath>(certificates.Count);
        foreach (Certificate certificate in certificates)
        {
            if (CertificatePath.TryBuild(certificate, [], roots, rules, out CertificatePath? path, out _) && path.Anchor.Root.Der == _path.Anchor.Root.Der)
            {
                signers.Add(path);
            }
        }

        return signers;
    }

    /// <summary>Intel has certified the same key twice: the certificate that is valid now is preferred.</summary>
    private CertificatePath? SignerOf(SignedStatement? statement)
    {
        CertificatePath? found = null;
        foreach (CertificatePath signer in Signers)
        {
            if (statement?.IsSignedBy(signer.Leaf) is true && (found is null || found.CheckTime(_now) is not null))
            {
                found = signer;
            }
        }

        return found;
    }

    private T? Best<T>(IReadOnlyList<T> statements, Func<T, bool> isForThis)
        where T : SignedStatement
    {
        if (statements.Count == 1)
        {
            return statements[0];
        }

        T? best = null;
        (bool, bool, bool, int, DateTimeOffset) rank = default;
        foreach (T statement in statements)
        {
            bool isFor = isForThis(statement);
            (bool, bool, bool, int, DateTimeOffset) own = (isFor, isFor && SignerOf(statement) is not null, statement.IsCurrentAt(_now), statement.EvaluationDataNumber, statement.IssueDate);
            (best, rank) = best is null || own.CompareTo(rank) > 0 ? (statement, own) : (best, rank);
        }

        return best;
    }

    private RevocationList? BestList(Certificate issuer)
    {
        RevocationList? best = null;
        (bool, bool, DateTimeOffset) rank = default;
        foreach (RevocationList list in _lists)
        {
            if (list.Issuer == issuer.Subject)
            {
                (bool, bool, DateTimeOffset) own = (IsSigned(list, issuer), list.IsCurrentAt(_now), list.ThisUpdate);
                (best, rank) = best is null || own.CompareTo(rank) > 0 ? (list, own) : (best, rank);
            }
        }

        return best;
    }
}
