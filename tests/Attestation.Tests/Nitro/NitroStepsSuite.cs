using ConfidentialOperator.Attestation.Nitro;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Nitro;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Nitro;

/// <summary>The steps from a sound layout to the word of AWS.</summary>
internal sealed class NitroStepsSuite : IRuleSuite
{
    private static readonly DateTimeOffset s_noon = NitroScene.Noon;
    private static readonly SoftwareEnclave s_stranger = SoftwareNitroPki.Create().MakeEnclave(s_noon.AddHours(-1), s_noon.AddHours(2));

    public IRuleList List => NitroSteps.All;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("everything holds", null, RefusalReason.None, new NitroScene()),
        new("maps without stated length", null, RefusalReason.None, new NitroScene { Document = document => document with { IsIndefinite = true } }),
        new("the last second of the certificate", null, RefusalReason.None, new NitroScene { Now = s_noon.AddHours(2) }),
        new("the module's clock is a little ahead", null, RefusalReason.None, Of(document => document with { Timestamp = s_noon.AddMinutes(5) })),
        new("a tag that says what it is", null, RefusalReason.None, new NitroScene { Bytes = bytes => [0xD2, .. bytes] }),
        new("no certificate", "enclave-certificate", RefusalReason.ReportMalformed, WithCertificates(given => ([1, 2, 3], given.Bundle))),
        new("a byte after the certificate", "enclave-certificate", RefusalReason.ReportMalformed, WithCertificates(given => ([.. given.Leaf, 0], given.Bundle))),
        new("altered signature", "document-signature", RefusalReason.SignatureInvalid, new NitroScene { Bytes = bytes => Flip(bytes, bytes.Length - 1) }),
        new("altered content", "document-signature", RefusalReason.SignatureInvalid, new NitroScene { Bytes = bytes => Flip(bytes, 40) }),
        new("signature of zeros", "document-signature", RefusalReason.SignatureInvalid, new NitroScene { Bytes = bytes => [.. bytes[..^96], .. new byte[96]] }),
        new("another enclave's certificate", "document-signature", RefusalReason.SignatureInvalid, WithCertificates(given => (NitroScene.Enclave().CertificateDer, given.Bundle))),
        new("another hierarchy of the same names", "certificate-chain", RefusalReason.ChainUntrusted, new NitroScene { Signer = s_stranger }),
        new("other authorities of the same names", "certificate-chain", RefusalReason.ChainUntrusted, WithCertificates(given => (given.Leaf, s_stranger.Bundle))),
        new("no authorities", "certificate-chain", RefusalReason.ChainUntrusted, WithCertificates(given => (given.Leaf, []))),
        new("an authority is missing", "certificate-chain", RefusalReason.ChainUntrusted, WithCertificates(given => (given.Leaf, [.. given.Bundle.Take(3)]))),
        new("the enclave is an authority", "certificate-chain", RefusalReason.ChainUntrusted, new NitroScene { Signer = NitroScene.Enclave(isAuthority: true) }),
        new("leaf first", "certificate-order", RefusalReason.ChainUntrusted, WithCertificates(given => (given.Leaf, [.. given.Bundle.Reverse()]))),
        new("without the root", "certificate-order", RefusalReason.ChainUntrusted, WithCertificates(given => (given.Leaf, [.. given.Bundle.Skip(1)]))),
        new("one more certificate", "certificate-order", RefusalReason.ChainUntrusted, WithCertificates(given => (given.Leaf, [.. given.Bundle, s_stranger.Bundle[1]]))),
        new("bytes that are no certificate", "certificate-order", RefusalReason.ChainUntrusted, WithCertificates(given => (given.Leaf, [.. given.Bundle, [1]]))),
        new("certificate has run out", "certificate-time", RefusalReason.CertificateExpired, new NitroScene { Now = s_noon.AddHours(2).AddSeconds(1) }),
        new("certificate is of tomorrow", "certificate-time", RefusalReason.CertificateExpired,
            new NitroScene { Signer = NitroScene.Enclave(s_noon.AddMinutes(1)), Document = document => document with { Timestamp = s_noon.AddMinutes(2) } }),
        new("document is older than its certificate", "certificate-time-of-document", RefusalReason.CertificateExpired, Of(document => document with { Timestamp = s_noon.AddHours(-2) })),
        new("document of the future", "document-time", RefusalReason.EvidenceStale, Of(document => document with { Timestamp = s_noon.AddMinutes(6) })),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without) =>
        ((NitroScene)given.Scene!).Authenticate(without is null ? null : NitroSteps.All.Without(without)).Results;

    private static NitroScene Of(Func<SoftwareNitroDocument, SoftwareNitroDocument> change) => new() { Document = change };

    private static NitroScene WithCertificates(Func<(byte[] Leaf, IReadOnlyList<byte[]> Bundle), (byte[] Leaf, IReadOnlyList<byte[]> Bundle)> change) =>
        Of(document => document with { Certificates = change });

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes[at] ^= 1;
        return bytes;
    }
}
