using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Nvidia.Spdm;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Nvidia;

/// <summary>Which reference values a device's evidence calls for, by the ids of NVIDIA's service. The evidence may lie: an id only says what to fetch.</summary>
public static class DeviceReferences
{
    private const string SwitchPart = "5612_0002_890";

    /// <summary>Returns the ids of the manifests of driver and VBIOS, or of a switch's BIOS; fewer when the evidence does not say enough.</summary>
    public static IReadOnlyList<string> RimIds(NvidiaDeviceEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        if (!SpdmReport.TryParse(evidence.Report, out SpdmReport? report, out _))
        {
            return [];
        }

        OpaqueData said = report.Opaque;
        string? vbios = said.VbiosVersion?.Replace(".", "", StringComparison.Ordinal).ToUpperInvariant();
        if (evidence.Architecture.IsSwitch())
        {
            return vbios is null ? [] : [$"NV_SWITCH_BIOS_{SwitchPart}_{vbios}"];
        }

        string?[] ids = [DriverId(evidence, said.DriverVersion), said is { Project: { } project, ProjectSku: { } sku, ChipSku: { } chip } && vbios is not null
            ? $"NV_GPU_VBIOS_{project}_{sku}_{chip}_{vbios}".ToUpperInvariant() : null];
        return [.. ids.OfType<string>()];
    }

    /// <summary>Returns the device's certificates in DER, leaf first.</summary>
    public static IReadOnlyList<ByteString> Certificates(NvidiaDeviceEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return [.. CertificateFile.Split(evidence.Certificates.Memory).Select(der => new ByteString(der.Span))];
    }

    private static string? DriverId(NvidiaDeviceEvidence evidence, string? version)
    {
        string chip = Certificates(evidence) is [{ } first, ..] && Certificate.TryParse(first.Memory, out Certificate? leaf) ? NvidiaChip.OfLeaf(leaf).Name : "";
        return (version, evidence.Architecture) switch
        {
            (null, _) => null,
            (_, NvidiaArchitecture.Hopper) => $"NV_GPU_DRIVER_{chip}_{version}",
            (_, NvidiaArchitecture.Blackwell) => $"NV_GPU_CC_DRIVER_{chip}_{version}",
            _ => null,
        };
    }
}
