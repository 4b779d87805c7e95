using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation.Tdx;
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

    /// <summary>Gets the event log of a launch that was checked, from which RTMR0 is taken: it depends on the machine's shape. Null without one.</summary>
    public CcEventLog? EventLog { get; init; }

    /// <summary>Computes MRTD; with a kernel RTMR1 and RTMR2, with an event log RTMR0.</summary>
    public bool TryMeasure([NotNullWhen(true)] out LaunchMeasurement? measurement, [NotNullWhen(false)] out Refusal? refusal)
    {
        measurement = null;
        if (!Firmware.TryTdxSections(out IReadOnlyList<TdxSection>? sections, out refusal))
        {
            return false;
        }

        var values = new Dictionary<string, ByteString> { ["mrtd"] = MeasureBuild(sections) };
        var settings = new Dictionary<string, string> { ["order"] = Order == TdxOrder.SinglePass ? "single-pass" : "two-pass" };
        if (EventLog is not null)
        {
            values["rtmr0"] = EventLog.Replay(0);
        }

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

        refusal = CheckLog(values);
        if (refusal is not null)
        {
            return false;
        }

        measurement = new LaunchMeasurement(TeeKind.Tdx, values, [MeasuredInput.Of("firmware", Firmware.Bytes.Span), .. Boot?.Boot.Inputs() ?? []], settings);
        return true;
    }

    /// <summary>A log of another kernel is of another launch: then its RTMR0 says nothing about this one.</summary>
    private Refusal? CheckLog(Dictionary<string, ByteString> values)
    {
        for (int register = 1; EventLog is not null && register <= 2; register++)
        {
            if (values.TryGetValue($"rtmr{register}", out ByteString? computed) && EventLog.Replay(register) != computed)
            {
                return new(RefusalReason.EventLogMismatch,
                    $"The event log leads to RTMR{register} {EventLog.Replay(register)}, and kernel, initrd and command line to {computed}: it is of another launch.");
            }
        }

        return null;
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
