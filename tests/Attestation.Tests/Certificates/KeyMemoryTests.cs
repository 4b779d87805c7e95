using System.Security.Cryptography;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Tests.Running;

namespace ConfidentialOperator.Attestation.Tests.Certificates;

public sealed class KeyMemoryTests
{
    [Fact]
    public void AKeyIsKeptForKnownCertificatesAndLentToOneAtATime()
    {
        var keys = new KeyMemory();
        Certificate known = Parse(Development.Chip.CertificateDer);
        Certificate stranger = Parse(Development.Pki.MakeChip().CertificateDer);
        keys.Know(known);
        Assert.Null(keys.Take(known));
        ECDsa key = EcdsaKey.Load(known, 384)!;
        keys.Give(known, key);
        keys.Give(stranger, EcdsaKey.Load(stranger, 384)!);
        Assert.Null(keys.Take(stranger));
        Assert.Same(key, keys.Take(Parse(Development.Chip.CertificateDer)));
        Assert.Null(keys.Take(known));
    }

    /// <summary>A certificate that nobody vouches for is not known for having been looked at.</summary>
    [Fact]
    public void OnlyAVerifiedPathMakesACertificateKnown()
    {
        TrustRoots roots = Development.RootsOf(FakeTee.Pki.SoftwarePki.Create());
        byte[] report = new Scene().Sign(new(new byte[64])).ToArray();
        Assert.True(Attestation.Snp.SnpReport.TryParse(report, out Attestation.Snp.SnpReport? parsed, out _));
        var endorsements = Attestation.Snp.SnpEndorsements.Read(Development.Chip.Certificates, []);
        Assert.Null(Attestation.Snp.SnpVerifier.Authenticate(parsed, endorsements, roots, Scene.Noon).Evidence);
        roots.Keys.Give(Parse(Development.Chip.CertificateDer), EcdsaKey.Load(Parse(Development.Chip.CertificateDer), 384)!);
        Assert.Null(roots.Keys.Take(Parse(Development.Chip.CertificateDer)));
    }

    private static Certificate Parse(byte[] der) => Certificate.TryParse(der, out Certificate? certificate) ? certificate : throw new InvalidDataException();
}
