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

    /// <summary>Computes the measurement: MRTD.</summary>
    public bool TryMeasure([NotNullWhen(true)] out LaunchMeasurement? measurement, [NotNullWhen(false)] out Refusal? refusal)
    {
        measurement = null;
        if (!Firmware.TryTdxSections(out IReadOnlyList<TdxSection>? sections, out refusal))
        {
            return false;
        }

        var values = new Dictionary<string, ByteString> { ["mrtd"] = MeasureBuild(sections) };
        measurement = new LaunchMeasurement(TeeKind.Tdx, values, [MeasuredInput.Of("firmware", Firmware.Bytes.Span)],
            new Dictionary<string, string> { ["order"] = Order == TdxOrder.SinglePass ? "single-pass" : "two-pass" });
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
