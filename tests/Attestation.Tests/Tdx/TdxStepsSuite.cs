using System.Text;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Tdx;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Tdx;

/// <summary>The steps from a sound layout to the word of Intel's hardware.</summary>
internal sealed class TdxStepsSuite : IRuleSuite
{
    private static readonly SoftwareTdxPlatform s_stranger = new SoftwareTdxPki().MakePlatform();

    public IRuleList List => TdxSteps.All;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("everything holds", null, RefusalReason.None, new TdxScene()),
        new("version 4", null, RefusalReason.None, TdxScene.With(new SoftwareQuote { Version = 4 })),
        new("version 5 with a report of TDX 1.0", null, RefusalReason.None, TdxScene.With(new SoftwareQuote { Is15 = false })),
        new("no authentication data", null, RefusalReason.None, TdxScene.With(new SoftwareQuote { AuthenticationData = [] })),
        new("a zero after the certificates", null, RefusalReason.None, TdxScene.With(new SoftwareQuote { Certificates = chain => [.. chain, 0] })),
        new("the last second of the certificate", null, RefusalReason.None, Expiring(TdxScene.Noon)),
        new("another vendor of quoting enclaves", "qe-vendor", RefusalReason.EnclaveNotAccepted, TdxScene.With(new SoftwareQuote { QeVendor = new string('0', 32) })),
        new("no certificates", "pck-certificate", RefusalReason.ChainUntrusted, TdxScene.With(new SoftwareQuote { Certificates = _ => [] })),
        new("bytes that are none", "pck-certificate", RefusalReason.ChainUntrusted, TdxScene.With(new SoftwareQuote { Certificates = _ => [1, 2, 3] })),
        new("an encrypted id in place of certificates", "pck-certificate", RefusalReason.Unsupported, TdxScene.With(new SoftwareQuote { CertificationType = 1 })),
        new("another hierarchy of the same names", "certificate-chain", RefusalReason.ChainUntrusted, new TdxScene { Signer = s_stranger }),
        new("no intermediate", "certificate-chain", RefusalReason.ChainUntrusted, TdxScene.With(new SoftwareQuote { Certificates = Without(1) })),
        new("root first", "certificate-chain", RefusalReason.ChainUntrusted, TdxScene.With(new SoftwareQuote { Certificates = Reversed })),
        new("another name", "certificate-kind", RefusalReason.ChainUntrusted, Of(new SoftwarePck { Name = "Intel SGX TCB Signing" })),
        new("issued by the root", "certificate-kind", RefusalReason.ChainUntrusted, Of(new SoftwarePck { IsIssuedByRoot = true })),
        new("certificate has run out", "certificate-time", RefusalReason.CertificateExpired, Expiring(TdxScene.Noon.AddSeconds(-1))),
        new("no extension", "pck-extension", RefusalReason.ProductUnknown, Of(new SoftwarePck { HasExtension = false })),
        new("15 components", "pck-extension", RefusalReason.ProductUnknown, Of(new SoftwarePck { Components = new byte[15] })),
        new("altered report of the enclave", "qe-report-signature", RefusalReason.SignatureInvalid, TdxScene.With(Altered(48 + 6 + 648 + 4 + 128 + 6 + 130))),
        new("another machine's certificate", "qe-report-signature", RefusalReason.SignatureInvalid, TdxScene.With(new SoftwareQuote { Certificates = _ => Chain(TdxScene.Pki.MakePlatform()) })),
        new("another key is bound", "attestation-key", RefusalReason.SignatureInvalid, TdxScene.With(new SoftwareQuote { QeReport = report => report[320] ^= 1 })),
        new("something behind the hash", "attestation-key", RefusalReason.SignatureInvalid, TdxScene.With(new SoftwareQuote { QeReport = report => report[383] = 1 })),
        new("altered authentication data", "attestation-key", RefusalReason.SignatureInvalid, TdxScene.With(Altered(48 + 6 + 648 + 4 + 128 + 6 + 384 + 64 + 2))),
        new("altered measurement", "quote-signature", RefusalReason.SignatureInvalid, TdxScene.With(Altered(54 + 136))),
        new("altered user data", "quote-signature", RefusalReason.SignatureInvalid, TdxScene.With(Altered(28))),
        new("altered signature", "quote-signature", RefusalReason.SignatureInvalid, TdxScene.With(Altered(48 + 6 + 648 + 4))),
        new("a module of somebody else", "module-signer", RefusalReason.ModuleNotAccepted, TdxScene.With(new SoftwareQuote { Report = report => report[64] = 1 })),
        new("a module with attributes", "module-attributes", RefusalReason.ModuleNotAccepted, TdxScene.With(new SoftwareQuote { Report = report => report[112] = 1 })),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without) =>
        (without is null ? TdxSteps.All : TdxSteps.All.Without(without)).Apply(((TdxScene)given.Scene!).ToAttempt());

    private static TdxScene Of(SoftwarePck facts) => new() { Signer = TdxScene.Pki.MakePlatform(facts) };

    private static TdxScene Expiring(DateTimeOffset notAfter) => Of(new SoftwarePck { NotAfter = notAfter });

    private static SoftwareQuote Altered(int offset) => new() { Altered = bytes => bytes[offset] ^= 1 };

    private static byte[] Chain(SoftwareTdxPlatform platform)
    {
        byte[]? chain = null;
        platform.Sign(new SoftwareQuote { Certificates = own => chain = own });
        return chain!;
    }

    private static Func<byte[], byte[]> Without(int index) => chain => Join(Split(chain).Where((_, at) => at != index));

    private static byte[] Reversed(byte[] chain) => Join(Split(chain).Reverse());

    private static string[] Split(byte[] chain) => [.. Encoding.ASCII.GetString(chain).Split("-----BEGIN", StringSplitOptions.RemoveEmptyEntries).Select(part => "-----BEGIN" + part)];

    private static byte[] Join(IEnumerable<string> parts) => Encoding.ASCII.GetBytes(string.Concat(parts));
}
