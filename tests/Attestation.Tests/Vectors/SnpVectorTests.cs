using System.Security.Cryptography;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Vectors;

namespace ConfidentialOperator.Attestation.Tests.Vectors;

/// <summary>AMD's recorded lists, and the certificates that are built in.</summary>
public sealed class SnpVectorTests
{
    [Theory]
    [InlineData("snp-crl-milan", "amd-ark-milan", "2025-05-06T12:39:06Z", "2026-05-12T00:00:00Z", false)]
    [InlineData("snp-crl-genoa", "amd-ark-genoa", "2024-10-23T04:36:24Z", "2025-11-03T01:00:00Z", true)]
    public void RecordedListsAreOfTheirRoots(string item, string root, string from, string until, bool revokesFormer)
    {
        string folder = SharedFolder.Vectors();
        Assert.True(RevocationList.TryParse(File.ReadAllBytes(Path.Combine(folder, item, "ark.crl.der")), out RevocationList? list));
        Certificate issuer = Pem(Path.Combine(folder, "roots", root + ".pem"));
        Assert.True(list.IsFrom(issuer, SignatureScheme.PssSha384));
        Assert.All(TrustRoots.BuiltIn.For(Vendor.Amd).Where(anchor => anchor.Root.Der != issuer.Der), anchor => Assert.False(list.IsFrom(anchor.Root, SignatureScheme.PssSha384)));
        Assert.All(TrustRoots.BuiltIn.For(Vendor.Amd).SelectMany(anchor => anchor.Intermediates), intermediate => Assert.False(list.Revokes(intermediate)));
        Assert.Equal(revokesFormer, list.Names(ByteString.FromHex("020001")));
        Assert.Equal(DateTimeOffset.Parse(from), list.ThisUpdate);
        Assert.Equal(DateTimeOffset.Parse(until), list.NextUpdate);
    }

    [Theory]
    [InlineData("2025-06-05T12:39:06Z", true, RefusalReason.None)]
    [InlineData("2025-06-05T12:39:06Z", false, RefusalReason.RevocationListInvalid)]
    [InlineData("2026-05-13T00:00:00Z", true, RefusalReason.RevocationListInvalid)]
    [InlineData("2025-05-06T12:39:05Z", true, RefusalReason.RevocationListInvalid)]
    public void APolicyCanDemandTheListOfARealRoot(string at, bool given, RefusalReason reason)
    {
        string folder = SharedFolder.Vectors();
        string item = Path.Combine(folder, "snp-v3-milan-azure-aci");
        Assert.True(SnpReport.TryParse(File.ReadAllBytes(Path.Combine(item, "report.bin")), out SnpReport? report, out _));
        string[] files = [Path.Combine(item, "vcek.der"), .. given ? [Path.Combine(folder, "snp-crl-milan", "ark.crl.der")] : Array.Empty<string>()];
        Collateral[] collateral = [.. files.Select(file => new Collateral("any", new ByteString(File.ReadAllBytes(file))))];
        DateTimeOffset now = DateTimeOffset.Parse(at);
        var authentic = Assert.IsType<AuthenticSnpReport>(SnpVerifier.Authenticate(report, SnpEndorsements.Read([], collateral), TrustRoots.BuiltIn, now).Evidence);
        TrustPolicy policy = new SnpDemands(new VectorPolicy(default, default)).ToPolicy(report);
        policy = policy with { Snp = policy.Snp! with { Revocation = Expect.Required(SnpRevocation.ListRequired), Development = false } };
        Appraisal appraisal = Appraiser.Appraise(authentic, Owner.Sign(policy), report.ReportData, now).Appraisal;
        Assert.Equal(reason, appraisal.Refusal?.Reason ?? RefusalReason.None);
        Assert.Equal((true, reason == RefusalReason.None, true), (appraisal.Genuine, appraisal.Current, appraisal.Expected));
    }

    [Fact]
    public void BuiltInCertificatesAreTheOnesThatWerePublished()
    {
        string[] expected =
        [
            "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd", "67d303bd3905fd38db8b20e0793699870e7fa612eaad5dec358293fd8c0bac1b",
            "c5e081f59b7efab1fe2f8b505e159704e72f29cab7ef7cf628a05a42439082f5", "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",
            "5464738c1546aed5f2cecf1dc98c5c960a92e8913238a61711bc90ec6e828521", "197e610743a917d6b9bb982a5a9226ccc0a15b611be0619e626aca9151457372",
            "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a", "5b77ef5fe7a7a004fd9032668fba9d0fda22f88c4442069a479636a6ae3b3185",
            "104e10a8bd060a3c20a434261a57d0588fd65a88915b4f65b08bdecaf8df1a3c",
        ];
        Assert.Equal(expected, TrustRoots.BuiltIn.For(Vendor.Amd).SelectMany(anchor => anchor.Intermediates.Prepend(anchor.Root))
            .Select(certificate => Convert.ToHexStringLower(SHA256.HashData(certificate.Der.Span))));
        Assert.All(TrustRoots.BuiltIn.For(Vendor.Amd), anchor => Assert.All(anchor.Intermediates.Prepend(anchor.Root),
            certificate => Assert.True(certificate.Signed.IsSignedBy(anchor.Root, SignatureScheme.PssSha384) && certificate.Issuer == anchor.Root.Subject)));
    }

    private static Certificate Pem(string path) =>
        Certificate.TryParse(CertificateFile.SplitPem(File.ReadAllText(path))[0], out Certificate? certificate) ? certificate : throw new InvalidDataException(path);
}
