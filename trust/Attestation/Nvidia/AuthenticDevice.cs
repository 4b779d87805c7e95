using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Nvidia.Spdm;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Nvidia;

/// <summary>A GPU or switch whose hardware, or a development root, vouches for its report. Only <see cref="NvidiaVerifier"/> makes one.</summary>
public sealed class AuthenticDevice
{
    private const int BootRomAt = 1;

    internal AuthenticDevice(SpdmReport report, CertificatePath path, NvidiaChip chip)
    {
        Report = report;
        Path = path;
        Chip = chip.Name;
        Architecture = chip.Architecture;
        Id = ByteString.Sha256(path.Certificates[BootRomAt].PublicKey.Span);
    }

    /// <summary>Gets what verdicts call it: <c>gpu0</c>, <c>nvswitch0</c>.</summary>
    public string Subject { get; internal init; } = "";

    /// <summary>Gets the architecture.</summary>
    public NvidiaArchitecture Architecture { get; }

    /// <summary>Gets the chip: <c>GH100</c>, <c>GB100</c>, <c>LS10</c>.</summary>
    public string Chip { get; }

    /// <summary>Gets the device's id: the SHA-256 of the public key that its boot ROM holds, which no other device has.</summary>
    public ByteString Id { get; }

    /// <summary>Gets the nonce that it answers, 32 bytes.</summary>
    public ByteString Nonce => Report.Nonce;

    /// <summary>Gets the version of the driver; null for a switch.</summary>
    public string? DriverVersion => Report.Opaque.DriverVersion;

    /// <summary>Gets the version of the VBIOS, or of the switch's BIOS; null when it is not said.</summary>
    public string? VbiosVersion => Report.Opaque.VbiosVersion;

    /// <summary>Gets the mode; null when the report does not say it, or says two things.</summary>
    public GpuMode? Mode => (Report.Opaque.FeatureFlag, Report.Opaque.ProtectedPcie) switch
    {
        (2, not false) or (null, true) => GpuMode.ProtectedPcie,
        (1, not true) => GpuMode.MultiPassthrough,
        (0, not true) or (null, false) => GpuMode.SinglePassthrough,
        _ => null,
    };

    /// <summary>Gets whether the chain ends in a development root.</summary>
    public bool IsDevelopment => Path.IsDevelopment;

    /// <summary>Gets the first end of its certificates.</summary>
    public DateTimeOffset ValidUntil => Path.NotAfter;

    internal SpdmReport Report { get; }

    internal CertificatePath Path { get; }

    internal JsonObject WriteClaims() => new()
    {
        ["architecture"] = Architecture.ToWire(),
        ["chip"] = Chip,
        ["id"] = Id.ToString(),
        ["driverVersion"] = DriverVersion,
        ["vbiosVersion"] = VbiosVersion,
        ["mode"] = Mode?.ToString(),
        ["development"] = IsDevelopment,
    };
}
