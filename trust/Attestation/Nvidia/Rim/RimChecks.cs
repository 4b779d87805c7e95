using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia.Rim;

/// <summary>The comparison of a device with reference values that NVIDIA vouches for. All rules run.</summary>
internal static class RimChecks
{
    private const string Waiver = "gpu.driverRim, gpu.vbiosRim";
    private const string Needs = "reference values that NVIDIA vouches for";

    /// <summary>The measurement that changes with the zeroth video decoder, and counts only when that is enabled.</summary>
    private const int Nvdec0Index = 35;

    public static RuleList<RimSubject> All { get; } = new("NVIDIA: is the device as its reference values say?",
        new("rim-product", RuleAspect.Expected, "TCG RIM, Meta product", ValuesAreForTheChip, RefusalReason.ReferenceValuesMismatch) { Waiver = Waiver },
        new("rim-version", RuleAspect.Expected, "TCG RIM, Meta colloquialVersion", ValuesAreForTheVersion, RefusalReason.ReferenceValuesMismatch) { Waiver = Waiver },
        new("rim-active", RuleAspect.Expected, "TCG RIM, Payload", SomeValuesAreActive, RefusalReason.ReferenceValuesMismatch) { Waiver = Waiver },
        new("rim-conflict", RuleAspect.Expected, "TCG RIM, Payload", NoIndexIsInBoth, RefusalReason.ReferenceValuesMismatch) { Waiver = Waiver },
        new("rim-measurements", RuleAspect.Expected, "TCG RIM, Payload; DMTF DSP0274, measurement blocks", MeasurementsAreAmongTheValues, RefusalReason.ReferenceValuesMismatch) { Waiver = Waiver });

    private static Finding ValuesAreForTheChip(RimSubject subject) => subject.Values is not { } values ? Finding.NotReached(Needs)
        : Finding.Of(values.Product.Equals(subject.Device.Chip, StringComparison.OrdinalIgnoreCase), RefusalReason.ReferenceValuesMismatch, subject.Device.Chip, values.Product,
            $"The reference values are for {values.Product}, and the device is a {subject.Device.Chip}.");

    private static Finding ValuesAreForTheVersion(RimSubject subject) => subject.Values is not { } values ? Finding.NotReached(Needs)
        : Finding.Of(values.Version.Equals(subject.Version, StringComparison.OrdinalIgnoreCase), RefusalReason.ReferenceValuesMismatch, subject.Version ?? "a version in the report", values.Version,
            $"The reference values are for {subject.Kind} {values.Version}, and the device reports {subject.Version ?? "no version"}: fetch those of its version.");

    /// <summary>Values of which none counts would compare nothing and hold for any device.</summary>
    private static Finding SomeValuesAreActive(RimSubject subject) => subject.Values is not { } values ? Finding.NotReached(Needs)
        : Finding.Of(values.Active.Any(measurement => Counts(subject, measurement)), RefusalReason.ReferenceValuesMismatch, "one or more", $"{values.Active.Count} active",
            "No reference value is active, so nothing would be compared.");

    private static Finding NoIndexIsInBoth(RimSubject subject)
    {
        if (subject.Values is not { } values)
        {
            return Finding.NotReached(Needs);
        }

        int[] both = [.. values.Active.Select(measurement => measurement.Index).Intersect(subject.Other?.Active.Select(measurement => measurement.Index) ?? [])];
        return Finding.Of(both.Length == 0, RefusalReason.ReferenceValuesMismatch, "each index in one of driver and VBIOS", both.Length == 0 ? "none in both" : string.Join(", ", both),
            "The same index is active in the reference values of driver and VBIOS; which of them counts is not known.");
    }

    private static Finding MeasurementsAreAmongTheValues(RimSubject subject)
    {
        if (subject.Values is not { } values)
        {
            return Finding.NotReached(Needs);
        }

        int[] wrong = [.. values.Active.Where(measurement => Counts(subject, measurement) && !Holds(subject, measurement)).Select(measurement => measurement.Index)];
        string indices = string.Join(", ", wrong);
        return Finding.Of(wrong.Length == 0, RefusalReason.ReferenceValuesMismatch, $"{values.Active.Count} values of {subject.Kind} {values.Version}",
            wrong.Length == 0 ? "all match" : $"others at {indices}",
            $"The device's measurements at {indices} are not among the reference values of {subject.Kind} {values.Version}: update it, or fetch the reference values again, which are re-issued.");
    }

    private static bool Counts(RimSubject subject, RimMeasurement measurement) =>
        measurement.Index != Nvdec0Index || subject.Device.Report.Opaque.Nvdec0 != false;

    private static bool Holds(RimSubject subject, RimMeasurement measurement)
    {
        if (measurement.Index >= subject.Device.Report.Count)
        {
            return false;
        }

        ReadOnlySpan<byte> measured = subject.Device.Report.Measurement(measurement.Index + 1);
        foreach (ByteString alternative in measurement.Alternatives)
        {
            if (alternative.Equals(measured))
            {
                return true;
            }
        }

        return false;
    }
}
