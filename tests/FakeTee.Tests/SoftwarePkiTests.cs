using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.FakeTee.Tests;

/// <summary>The software certificates have the form of AMD's and chain up, and are kept.</summary>
public sealed class SoftwarePkiTests(SharedPki pki)
{
    [Fact]
    public void TheChainEndsInItsRootAndInNoOther()
    {
        SoftwareChip chip = pki.Value.MakeChip();
        Assert.True(Builds(chip, pki.Value.RootDer));
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=ARK-Software, O=ConfidentialOperator development", key, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 other = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2049, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.False(Builds(chip, other.RawData));
    }

    [Theory]
    [InlineData(SnpProduct.Milan, "Milan-B0", 64)]
    [InlineData(SnpProduct.Genoa, "Genoa", 64)]
    [InlineData(SnpProduct.Turin, "Turin", 8)]
    public void AChipsCertificateNamesProductTcbAndChip(SnpProduct product, string name, int idLength)
    {
        SoftwareChip chip = pki.Value.MakeChip(product, new SnpTcb(product == SnpProduct.Turin ? (byte)1 : (byte)0, 4, 200, 24, 219));
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(chip.CertificateDer);
        Assert.Equal("1.2.840.113549.1.1.10", certificate.SignatureAlgorithm.Value);
        Assert.Equal(name, AsnDecoder.ReadCharacterString(Extension(certificate, "2"), AsnEncodingRules.DER, UniversalTagNumber.IA5String, out _));
        Assert.Equal((4, 200, 24, 219), (Number(certificate, "3.1"), Number(certificate, "3.2"), Number(certificate, "3.3"), Number(certificate, "3.8")));
        Assert.Equal(product == SnpProduct.Turin, certificate.Extensions["1.3.6.1.4.1.3704.1.3.9"] is not null);
        Assert.Equal(chip.ChipId.Span[..idLength].ToArray(), Extension(certificate, "4"));
        Assert.Equal(new byte[64 - idLength], chip.ChipId.Span[idLength..].ToArray());
    }

    [Fact]
    public void TheKeysAreKeptInTheirFolder()
    {
        string folder = Directory.CreateTempSubdirectory("fake-tee-").FullName;
        try
        {
            SoftwarePki made = SoftwarePki.LoadOrCreate(folder);
            SoftwarePki read = SoftwarePki.LoadOrCreate(folder);
            Assert.Equal(made.ChainPem, read.ChainPem);
            Assert.Equal(made.RootPem, read.RootPem);
            Assert.True(Builds(read.MakeChip(), made.RootDer));
            Assert.Equal(["ark.key", "ark.pem", "ask.key", "ask.pem"], Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool Builds(SoftwareChip chip, byte[] root)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(root));
        chain.ChainPolicy.ExtraStore.Add(X509CertificateLoader.LoadCertificate(chip.Certificates[1].Data.Span));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        return chain.Build(X509CertificateLoader.LoadCertificate(chip.CertificateDer));
    }

    private static byte[] Extension(X509Certificate2 certificate, string tail) => certificate.Extensions["1.3.6.1.4.1.3704.1." + tail]!.RawData;

    private static int Number(X509Certificate2 certificate, string tail) => (int)AsnDecoder.ReadInteger(Extension(certificate, tail), AsnEncodingRules.DER, out _);
}
