using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Nvidia.Rim;
using ConfidentialOperator.Attestation.Nvidia.Spdm;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Nvidia;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Nvidia;

/// <summary>A device, its owner and an asker in which everything is right; a test changes one thing.</summary>
internal sealed record NvidiaScene
{
    public const string Driver = "550.90.07";
    public const string Vbios = "96.00.9F.00.01";

    public static readonly DateTimeOffset Noon = Scene.Noon;
    public static readonly ByteString Nonce = ByteString.Sha256("nonce"u8);
    public static readonly SoftwareNvidiaPki Pki = SoftwareNvidiaPki.Create();
    public static readonly SoftwareDevice Gpu = Pki.MakeDevice();
    public static readonly SoftwareDevice Switch = Pki.MakeDevice("LS_10");
    public static readonly TrustRoots Roots = RootsOf(Pki);
    public static readonly SoftwareRimSigner Signer = Pki.MakeRimSigner();
    public static readonly SoftwareRim DriverRim = new() { Version = Driver, Active = SoftwareRim.Matching(7, 21, 22, 35) };
    public static readonly SoftwareRim VbiosRim = new() { Version = Vbios, Active = SoftwareRim.Matching(0, 1, 2) };

    public SoftwareDevice Device { get; init; } = Gpu;

    public DateTimeOffset Now { get; init; } = Noon;

    public NvidiaArchitecture? Stated { get; init; }

    public Func<SoftwareDeviceReport, SoftwareDeviceReport> Report { get; init; } = report => report;

    /// <summary>Gets a change of the signed bytes.</summary>
    public Func<byte[], byte[]> Bytes { get; init; } = bytes => bytes;

    /// <summary>Gets the chain; null for the device's.</summary>
    public ByteString? Chain { get; init; }

    public Func<GpuPolicy, GpuPolicy> Policy { get; init; } = policy => policy;

    public static GpuPolicy Rules { get; } = new()
    {
        Count = new GpuCount(1, 0),
        Architectures = [NvidiaArchitecture.Hopper, NvidiaArchitecture.Ls10],
        DriverVersions = Expect.AnyOf("535.86.09", Driver),
        VbiosVersions = Expect.AnyOf(Vbios),
        DriverRim = Expect.Required(new GpuReferenceValues(false)),
        VbiosRim = Expect.Required(new GpuReferenceValues(false)),
        Revocation = Expect.Required(new GpuRevocation(24 * 3600, false)),
        Modes = Expect.AnyOf(GpuMode.SinglePassthrough),
        Development = true,
    };

    public static TrustRoots RootsOf(SoftwareNvidiaPki pki) => TrustRoots.TryWithDevelopment([pki.RootPem], out TrustRoots? roots, out Refusal? refusal)
        ? roots : throw new InvalidOperationException(refusal.ToString());

    public static SoftwareDeviceReport Default => new() { Nonce = Nonce };

    public NvidiaDeviceEvidence Attest() => new(Stated ?? Device.Architecture, new ByteString(Bytes(Device.Sign(Report(Default)).ToArray())), Chain ?? Device.ChainPem);

    public (AuthenticDevice? Device, RuleResult[] Results) Authenticate(RuleList<NvidiaAttempt>? steps = null)
    {
        NvidiaDeviceEvidence evidence = Attest();
        return SpdmReport.TryParse(evidence.Report, out SpdmReport? report, out Refusal? refusal)
            ? NvidiaVerifier.Authenticate(report, evidence.Certificates, evidence.Architecture, Roots, Now, "gpu0", steps) : throw new InvalidOperationException(refusal.ToString());
    }

    public AuthenticDevice Authentic() => Authenticate().Device ?? throw new InvalidOperationException("The scene's device is not authentic.");

    public static RimContent Content(SoftwareRim rim) =>
        RimDocument.Read(Signer.Sign(rim), Roots).Content ?? throw new InvalidOperationException("The scene's reference values cannot be read.");
}
