using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Certificates;

/// <summary>Paths of any length up to a root: what each link must be, and what makes a path none.</summary>
public sealed class CertificatePathTests
{
    private static readonly DateTimeOffset s_from = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly PathRules s_rules = new(Vendor.Intel, SignatureScheme.EcdsaP256Sha256);
    private static readonly ECDsa s_rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly ECDsa s_middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly ECDsa s_lowKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly ECDsa s_leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly X509Certificate2 s_root = Make("root", s_rootKey, null, null, Authority());
    private static readonly X509Certificate2 s_middle = Make("middle", s_middleKey, s_root, s_rootKey, Authority());
    private static readonly X509Certificate2 s_low = Make("low", s_lowKey, s_middle, s_middleKey, Authority(0));
    private static readonly X509Certificate2 s_leaf = Make("leaf", s_leafKey, s_low, s_lowKey);

    [Fact]
    public void APathOfFourIsFoundInAnyOrderAndRemembered()
    {
        TrustRoots roots = Roots(s_root);
        Assert.True(CertificatePath.TryBuild(Read(s_leaf), [Read(s_low), Read(s_leaf), Read(s_middle)], roots, s_rules, out CertificatePath? path, out Refusal? refusal),
            refusal?.Message);
        Assert.Equal(["leaf", "low", "middle", "root"], path.Certificates.Select(certificate => certificate.CommonName));
        Assert.True(path.IsDevelopment);
        Assert.Equal("low", path.Issuer.CommonName);
        Assert.True(CertificatePath.TryBuild(Read(s_leaf), [Read(s_middle), Read(s_low)], roots, s_rules, out CertificatePath? again, out _));
        Assert.Same(path, again);
    }

    [Fact]
    public void AMissingLinkIsMissedEvenWhenThePathIsRemembered()
    {
        TrustRoots roots = Roots(s_root);
        Assert.True(CertificatePath.TryBuild(Read(s_leaf), [Read(s_low), Read(s_middle)], roots, s_rules, out _, out _));
        Refused(Read(s_leaf), [Read(s_low)], roots, s_rules);
        Refused(Read(s_leaf), [], roots, s_rules);
    }

    [Fact]
    public void AnotherRootOfTheSameNameIsNoRoot()
    {
        X509Certificate2 lookAlike = Make("root", s_leafKey, null, null, Authority());
        Refused(Read(s_leaf), [Read(s_low), Read(s_middle), Read(s_root)], Roots(lookAlike), s_rules);
        Refused(Read(s_leaf), [Read(s_low), Read(s_middle), Read(s_root)], TrustRoots.BuiltIn, s_rules);
    }

    [Fact]
    public void TheRootOfAnotherVendorIsNoRoot()
    {
        foreach (Vendor vendor in Enum.GetValues<Vendor>())
        {
            Assert.All(TrustRoots.BuiltIn.For(vendor), anchor => Assert.Equal(vendor, anchor.Vendor));
            Assert.NotEmpty(TrustRoots.BuiltIn.For(vendor));
        }

        Assert.Equal(Enum.GetValues<Vendor>().Length + 2, TrustRoots.BuiltIn.Anchors.Count);
    }

    [Fact]
    public void ALinkThatMayNotIssueIsNoLink()
    {
        X509Certificate2 plain = Make("low", s_lowKey, s_middle, s_middleKey);
        X509Certificate2 noSigning = Make("low", s_lowKey, s_middle, s_middleKey, Authority(),
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        Refused(Read(s_leaf), [Read(plain), Read(s_middle)], Roots(s_root), s_rules);
        Refused(Read(s_leaf), [Read(noSigning), Read(s_middle)], Roots(s_root), s_rules);
    }

    [Fact]
    public void ThePathLengthIsKept()
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        X509Certificate2 tooLow = Make("too low", key, s_low, s_lowKey, Authority());
        X509Certificate2 leaf = Make("leaf", s_leafKey, tooLow, key);
        Refused(Read(leaf), [Read(tooLow), Read(s_low), Read(s_middle)], Roots(s_root), s_rules);
    }

    [Fact]
    public void AnUnknownDemandEndsThePathUnlessTheCallerLooksAtIt()
    {
        var demand = new X509Extension("1.2.3.4", [5, 0], true);
        X509Certificate2 leaf = Make("leaf", s_leafKey, s_low, s_lowKey, demand);
        X509Certificate2 low = Make("low", s_lowKey, s_middle, s_middleKey, Authority(), demand);
        Refused(Read(leaf), [Read(s_low), Read(s_middle)], Roots(s_root), s_rules);
        Refused(Read(s_leaf), [Read(low), Read(s_middle)], Roots(s_root), s_rules);
        PathRules known = s_rules with { KnownExtensions = new HashSet<string> { "1.2.3.4" } };
        Assert.True(CertificatePath.TryBuild(Read(leaf), [Read(low), Read(s_middle)], Roots(s_root), known, out _, out _));
    }

    [Fact]
    public void ALeafThatMayIssueIsRefusedUnlessItIsAskedFor()
    {
        X509Certificate2 leaf = Make("leaf", s_leafKey, s_middle, s_middleKey, Authority());
        Refused(Read(leaf), [Read(s_middle)], Roots(s_root), s_rules);
        Assert.True(CertificatePath.TryBuild(Read(leaf), [Read(s_middle)], Roots(s_root), s_rules with { LeafMayIssue = true }, out _, out _));
    }

    [Fact]
    public void TheCallersSchemeCountsAndNotTheCertificates()
    {
        Refused(Read(s_leaf), [Read(s_low), Read(s_middle)], Roots(s_root), s_rules with { Scheme = SignatureScheme.EcdsaP384Sha384 });
        Refused(Read(s_leaf), [Read(s_low), Read(s_middle)], Roots(s_root), s_rules with { Scheme = SignatureScheme.PssSha384 });
        using ECDsa wide = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        X509Certificate2 root = Make("root", wide, null, null, Authority());
        X509Certificate2 mixed = Make("leaf", s_leafKey, root, wide);
        Refused(Read(mixed), [], Roots(root), s_rules);
        Assert.True(CertificatePath.TryBuild(Read(mixed), [], Roots(root), s_rules with { Scheme = SignatureScheme.EcdsaP384Sha384 }, out _, out _));
    }

    [Fact]
    public void ARootIsNoLeafAndAChangedSignatureNoSignature()
    {
        Refused(Read(s_root), [], Roots(s_root), s_rules with { LeafMayIssue = true });
        byte[] changed = s_leaf.RawData;
        changed[^1] ^= 1;
        Assert.True(Certificate.TryParse(changed, out Certificate? leaf));
        Refused(leaf, [Read(s_low), Read(s_middle)], Roots(s_root), s_rules);
    }

    [Fact]
    public void ManyLookAlikesDoNotMakeTheSearchLong()
    {
        Certificate[] many = [.. Enumerable.Range(0, 200).Select(_ => Read(Make("low", s_lowKey, s_middle, s_leafKey, Authority())))];
        Refused(Read(s_leaf), many, Roots(s_root), s_rules);
    }

    [Fact]
    public void EachCertificateOfThePathMustBeValid()
    {
        Assert.True(CertificatePath.TryBuild(Read(s_leaf), [Read(s_low), Read(s_middle)], Roots(s_root), s_rules, out CertificatePath? path, out _));
        Assert.Null(path.CheckTime(s_from));
        Assert.Null(path.CheckTime(path.NotAfter));
        Assert.Equal(RefusalReason.CertificateExpired, path.CheckTime(s_from.AddSeconds(-1))!.Reason);
        Assert.Equal(RefusalReason.CertificateExpired, path.CheckTime(path.NotAfter.AddSeconds(1))!.Reason);
    }

    private static void Refused(Certificate leaf, IReadOnlyList<Certificate> given, TrustRoots roots, PathRules rules)
    {
        Assert.False(CertificatePath.TryBuild(leaf, given, roots, rules, out CertificatePath? path, out Refusal? refusal));
        Assert.Null(path);
        Assert.Equal(RefusalReason.ChainUntrusted, refusal.Reason);
    }

    private static X509BasicConstraintsExtension Authority(int? length = null) => new(true, length is not null, length ?? 0, true);

    private static TrustRoots Roots(X509Certificate2 root) => TrustRoots.TryWithDevelopment([root.ExportCertificatePem()], out TrustRoots? roots, out Refusal? refusal)
        ? roots : throw new InvalidOperationException(refusal.ToString());

    private static Certificate Read(X509Certificate2 certificate) =>
        Certificate.TryParse(certificate.RawData, out Certificate? read) ? read : throw new InvalidDataException(certificate.Subject);

    private static X509Certificate2 Make(string name, ECDsa key, X509Certificate2? issuer, ECDsa? issuerKey, params X509Extension[] extensions)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        foreach (X509Extension extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        byte[] serial = RandomNumberGenerator.GetBytes(8);
        serial[0] = 1;
        HashAlgorithmName hash = (issuerKey ?? key).KeySize == 384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
        var signer = new CertificateRequest(request.SubjectName, request.PublicKey, hash);
        request.CertificateExtensions.ToList().ForEach(signer.CertificateExtensions.Add);
        return signer.Create(issuer?.SubjectName ?? request.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey ?? key), s_from, s_from.AddYears(1), serial);
    }
}
