using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Attestation.Tests.Certificates;

public sealed class CertificateTests
{
    private static readonly byte[] s_leaf = Development.Chip.CertificateDer;

    [Fact]
    public void ACertificateIsReadInFull()
    {
        Assert.True(Certificate.TryParse(s_leaf, out Certificate? certificate));
        Assert.Equal("SEV-VCEK", certificate.CommonName);
        Assert.False(certificate.IsAuthority || certificate.HasAuthorityMark || certificate.HasUnknownDemand);
        Assert.True(certificate.IsValidAt(certificate.NotBefore) && certificate.IsValidAt(certificate.NotAfter));
        Assert.False(certificate.IsValidAt(certificate.NotBefore.AddTicks(-1)) || certificate.IsValidAt(certificate.NotAfter.AddTicks(1)));
        Assert.True(Certificate.TryParse(Development.Pki.RootDer, out Certificate? root));
        Assert.True(root.IsAuthority && root.Signed.IsSignedBy(root, SignatureScheme.PssSha384) && !certificate.Signed.IsSignedBy(root, SignatureScheme.PssSha384));
    }

    [Fact]
    public void EveryOtherLengthIsRefused()
    {
        for (int length = 0; length < s_leaf.Length; length++)
        {
            Assert.False(Certificate.TryParse(s_leaf.AsMemory(0, length), out _));
        }

        Assert.False(Certificate.TryParse((byte[])[.. s_leaf, 0], out _));
        Assert.False(Certificate.TryParse(new byte[Certificate.Longest + 1], out _));
    }

    /// <summary>Whatever the bytes are, reading and verifying end in an answer, and no changed certificate is below the root.</summary>
    [Fact]
    public void ChangedCertificatesAreNeverBelievedAndNeverThrow()
    {
        var random = new Random(20260502);
        Assert.True(Certificate.TryParse(Development.Pki.IntermediateDer, out Certificate? intermediate));
        for (int round = 0; round < 4000; round++)
        {
            byte[] der = [.. s_leaf];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                der[random.Next(der.Length)] = (byte)random.Next(256);
            }

            if (Certificate.TryParse(der, out Certificate? certificate) && !der.AsSpan().SequenceEqual(s_leaf))
            {
                _ = (certificate.CommonName, certificate.IsAuthority, certificate.HasAuthorityMark, certificate.HasUnknownDemand);
                _ = new SnpChipCertificate(certificate);
                Assert.False(certificate.Signed.IsSignedBy(intermediate, SignatureScheme.PssSha384) && certificate.Issuer == intermediate.Subject
                    && !certificate.Der.Equals(s_leaf));
            }
        }
    }

    [Fact]
    public void RevocationListsOfAnyBytesNeverThrow()
    {
        var random = new Random(20260503);
        byte[] good = Development.Pki.MakeRevocationList(Scene.Noon, Scene.Noon.AddDays(1), true);
        Assert.True(RevocationList.TryParse(good, out RevocationList? list));
        Assert.True(Certificate.TryParse(Development.Pki.RootDer, out Certificate? root));
        Assert.True(Certificate.TryParse(Development.Pki.IntermediateDer, out Certificate? intermediate));
        Assert.True(list.IsFrom(root, SignatureScheme.PssSha384) && list.Revokes(intermediate) && list.IsCurrentAt(Scene.Noon) && !list.IsCurrentAt(Scene.Noon.AddDays(1).AddTicks(1)));
        for (int round = 0; round < 2000; round++)
        {
            byte[] der = [.. good];
            der[random.Next(der.Length)] ^= (byte)random.Next(1, 256);
            Assert.False(RevocationList.TryParse(der, out RevocationList? changed) && changed.IsFrom(root, SignatureScheme.PssSha384));
        }
    }

    /// <summary>What was verified before saves time and nothing else: without the link there is no path, and another leaf is another question.</summary>
    [Fact]
    public void ARememberedPathChangesNoAnswer()
    {
        TrustRoots roots = Development.RootsOf(Development.Pki);
        var rules = new PathRules(Vendor.Amd, SignatureScheme.PssSha384);
        Assert.True(Certificate.TryParse(s_leaf, out Certificate? leaf));
        Assert.True(Certificate.TryParse(Development.Pki.IntermediateDer, out Certificate? link));
        Assert.False(CertificatePath.TryBuild(leaf, [], roots, rules, out _, out _));
        Assert.Equal(0, roots.Paths.Count);
        Assert.True(CertificatePath.TryBuild(leaf, [link], roots, rules, out CertificatePath? first, out _));
        Assert.Equal(1, roots.Paths.Count);
        Assert.True(CertificatePath.TryBuild(leaf, [link], roots, rules, out CertificatePath? second, out _));
        Assert.Same(first, second);
        Assert.False(CertificatePath.TryBuild(leaf, [], roots, rules, out _, out _));
        byte[] changed = [.. s_leaf];
        changed[^1] ^= 1;
        Assert.True(Certificate.TryParse(changed, out Certificate? other));
        Assert.False(CertificatePath.TryBuild(other, [link], roots, rules, out _, out _));
        Assert.Equal(1, roots.Paths.Count);
        Assert.NotNull(second.CheckTime(leaf.NotAfter.AddSeconds(1)));
    }

    [Fact]
    public void EndorsementsAreSortedByWhatTheyAre()
    {
        byte[] list = Development.Pki.MakeRevocationList(Scene.Noon, Scene.Noon.AddDays(1), false);
        string pem = Development.Pki.ChainPem + "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        Collateral[] mixed = [new("crl", new ByteString(s_leaf)), new("vcek", new ByteString(list)), new("x", new ByteString(System.Text.Encoding.ASCII.GetBytes(pem)))];
        var endorsements = SnpEndorsements.Read([], [.. mixed, .. mixed]);
        Assert.Equal((1, 2, 2, false), (endorsements.Chips.Count, endorsements.Authorities.Count, endorsements.Lists.Count, endorsements.HasUnreadable));
    }

    [Fact]
    public void NobodyCanMakeAVerifierWorkForLong()
    {
        Collateral[] many = [.. Enumerable.Range(0, 34).Select(_ => new Collateral("vcek", new ByteString(Development.Pki.MakeChip().CertificateDer)))];
        var endorsements = SnpEndorsements.Read([], many);
        Assert.Equal(32, endorsements.Chips.Count);
        string pem = string.Concat(Enumerable.Repeat("-----BEGIN CERTIFICATE-----\n", (CertificateFile.LongestPem / 28) + 1)) + Development.Pki.ChainPem;
        endorsements = SnpEndorsements.Read([], [new Collateral("chain", new ByteString(System.Text.Encoding.ASCII.GetBytes(pem)))]);
        Assert.Equal((0, true), (endorsements.Authorities.Count, endorsements.HasUnreadable));
    }
}
