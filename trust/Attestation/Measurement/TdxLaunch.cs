using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Measurement;

/// <summary>The launch of a TDX guest, and the values that its quote must have.</summary>
public sealed record TdxLaunch
{
    /// <summary>Gets the firmware.</summary>
    public required GuestFirmware Firmware { get; init; }

    /// <summary>Gets the order in which the host adds and measures pages.</summary>
    public TdxOrder Order { get; init; } = TdxOrder.SinglePass;

    /// <summary>Gets the kernel that the firmware is handed; null when it finds one itself.</summary>
    public TdxBoot? Boot { get; init; }

    /// <summary>Computes MRTD, and with a kernel RTMR1 and RTMR2.</summary>
    public bool TryMeasure([NotNullWhen(true)] out LaunchMeasurement? measurement, [NotNullWhen(false)] out Refusal? refusal)
    {
        measurement = null;
        if (!Firmware.TryTdxSections(out IReadOnlyList<TdxSection>? sections, out refusal))
        {
            return false;
        }

        var values = new Dictionary<string, ByteString> { ["mrtd"] = MeasureBuild(sections) };
        var settings = new Dictionary<string, string> { ["order"] = Order == TdxOrder.SinglePass ? "single-pass" : "two-pass" };
        if (Boot is not null)
        {
            if (!Boot.TryMeasureKernel(out ByteString? kernel, out refusal))
            {
                return false;
            }

            values["rtmr1"] = kernel;
            values["rtmr2"] = Boot.MeasureCommandLine();
            settings["kernelHeader"] = Boot.Memory is { } memory ? $"patched for {memory} bytes of memory" : "original";
        }

        measurement = new LaunchMeasurement(TeeKind.Tdx, values, [MeasuredInput.Of("firmware", Firmware.Bytes.Span), .. Boot?.Boot.Inputs() ?? []], settings);
        return true;
    }

    private ByteString MeasureBuild(IReadOnlyList<TdxSection> sections)
    {
        using var digest = new TdxBuildDigest();
        foreach (TdxSection section in sections)
        {
            if (!section.IsAddedLater)
            {
                digest.Add(section, Firmware.Bytes.Span, Order);
            }
        }

        return digest.Finish();
    }
}
