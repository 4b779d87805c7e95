using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Nvidia;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tests.Nvidia;

/// <summary>The steps from a sound layout to the word of a device's hardware.</summary>
internal sealed class NvidiaStepsSuite : IRuleSuite
{
    private static readonly SoftwareDevice s_stranger = SoftwareNvidiaPki.Create().MakeDevice();
    private static readonly SoftwareDevice s_other = NvidiaScene.Pki.MakeDevice();
    private static readonly SoftwareDevice s_short = NvidiaScene.Pki.MakeDevice(isShort: true);

    public IRuleList List => NvidiaSteps.All;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("everything holds", null, RefusalReason.None, new NvidiaScene()),
        new("a GPU of Blackwell", null, RefusalReason.None, new NvidiaScene { Device = NvidiaScene.Pki.MakeDevice("GB100") }),
        new("a switch", null, RefusalReason.None, new NvidiaScene { Device = NvidiaScene.Switch }),
        new("a driver that does not say its firmware", null, RefusalReason.None, Of(report => report with { FirmwareId = ByteString.Empty })),
        new("one zero byte after the signature", null, RefusalReason.None, new NvidiaScene { Bytes = bytes => [.. bytes, 0] }),
        new("the last second of the certificate", null, RefusalReason.None, new NvidiaScene { Device = NvidiaScene.Pki.MakeDevice(notAfter: NvidiaScene.Noon) }),
        new("no certificates", "device-certificate", RefusalReason.ChainUntrusted, new NvidiaScene { Chain = ByteString.Empty }),
        new("bytes that are no certificates", "device-certificate", RefusalReason.Malformed, new NvidiaScene { Chain = new ByteString("x"u8) }),
        new("another hierarchy of the same names", "device-chain", RefusalReason.ChainUntrusted, new NvidiaScene { Device = s_stranger }),
        new("the leaf alone", "device-chain", RefusalReason.ChainUntrusted, new NvidiaScene { Chain = Pem(NvidiaScene.Gpu.Chain.Take(1)) }),
        new("a gap in the chain", "device-chain", RefusalReason.ChainUntrusted, new NvidiaScene { Chain = Pem(NvidiaScene.Gpu.Chain.Where((_, at) => at != 2)) }),
        new("a level too few", "device-chain", RefusalReason.ChainUntrusted, new NvidiaScene { Device = s_short }),
        new("certificate has run out", "device-certificate-time", RefusalReason.CertificateExpired,
            new NvidiaScene { Device = NvidiaScene.Pki.MakeDevice(notAfter: NvidiaScene.Noon.AddSeconds(-1)) }),
        new("altered measurement", "device-report-signature", RefusalReason.SignatureInvalid, new NvidiaScene { Bytes = bytes => Flip(bytes, 60) }),
        new("altered nonce", "device-report-signature", RefusalReason.SignatureInvalid, new NvidiaScene { Bytes = bytes => Flip(bytes, 4) }),
        new("signature of zeros", "device-report-signature", RefusalReason.SignatureInvalid, new NvidiaScene { Bytes = bytes => [.. bytes[..^96], .. new byte[96]] }),
        new("another device's certificates", "device-report-signature", RefusalReason.SignatureInvalid,
            new NvidiaScene { Chain = s_other.ChainPem, Report = report => report with { FirmwareId = s_other.FirmwareId } }),
        new("given as another architecture", "device-architecture", RefusalReason.ProductUnknown, new NvidiaScene { Stated = NvidiaArchitecture.Blackwell }),
        new("issued as another chip", "device-architecture", RefusalReason.ProductUnknown, new NvidiaScene { Device = NvidiaScene.Pki.MakeDevice("GH100", "GB100") }),
        new("a chip that is not known", "device-architecture", RefusalReason.ProductUnknown, new NvidiaScene { Device = NvidiaScene.Pki.MakeDevice("AD102") }),
        new("other firmware than the certified", "device-firmware", RefusalReason.CertificateTcbMismatch, Of(report => report with { FirmwareId = new ByteString(new byte[48]) })),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without) =>
        ((NvidiaScene)given.Scene!).Authenticate(without is null ? null : NvidiaSteps.All.Without(without)).Results;

    private static NvidiaScene Of(Func<SoftwareDeviceReport, SoftwareDeviceReport> change) => new() { Report = change };

    private static ByteString Pem(IEnumerable<SoftwareAuthority> chain) => new(System.Text.Encoding.ASCII.GetBytes(string.Concat(chain.Select(authority => authority.Pem))));

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes[at] ^= 1;
        return bytes;
    }
}
