using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Nvidia;

/// <summary>The rules about all devices of a machine together. All of them run.</summary>
internal static class MachineChecks
{
    private const string Owner = "trust policy, gpu.";
    private const int SwitchIdSize = 8;

    public static RuleList<MachineSubject> All { get; } = new("NVIDIA: the devices of a machine",
        new("device-evidence", RuleAspect.Expected, "attestation document, device_evidence; " + Owner + "count", EvidenceIsThere, RefusalReason.DeviceEvidenceMissing),
        new("devices-distinct", RuleAspect.Genuine, "NVIDIA device identity certificates, boot ROM", NoDeviceIsThereTwice, RefusalReason.DeviceRepeated),
        new("device-gpus", RuleAspect.Expected, Owner + "count.gpus", GpusAreAsMany, RefusalReason.DeviceNotAccepted),
        new("device-switches", RuleAspect.Expected, Owner + "count.switches", SwitchesAreAsMany, RefusalReason.DeviceNotAccepted),
        new("device-one-mode", RuleAspect.Expected, "NVIDIA opaque data, fields 21, 36", GpusAreOfOneMode, RefusalReason.DeviceNotAccepted),
        new("device-links", RuleAspect.Expected, "NVIDIA opaque data, field 22", GpusSeeTheSwitches, RefusalReason.DeviceNotAccepted));

    private static Finding EvidenceIsThere(MachineSubject subject)
    {
        int demanded = subject.Policy.Count.Gpus + subject.Policy.Count.Switches;
        return Finding.Of(subject.Given > 0 || demanded == 0, RefusalReason.DeviceEvidenceMissing, $"evidence of {demanded} devices", $"of {subject.Given}",
            $"The policy demands {subject.Policy.Count.Gpus} GPUs and {subject.Policy.Count.Switches} switches, and the guest shows no evidence of any device.");
    }

    private static Finding NoDeviceIsThereTwice(MachineSubject subject)
    {
        int distinct = subject.Devices.Select(device => device.Id).Distinct().Count();
        return Finding.Of(distinct == subject.Devices.Count, RefusalReason.DeviceRepeated, $"{subject.Devices.Count} devices", $"{distinct} devices",
            $"{subject.Devices.Count} reports are of {distinct} devices: one device must not be counted twice.");
    }

    private static Finding GpusAreAsMany(MachineSubject subject) => Count(subject, subject.Policy.Count.Gpus, false, "GPUs");

    private static Finding SwitchesAreAsMany(MachineSubject subject) => Count(subject, subject.Policy.Count.Switches, true, "switches");

    private static Finding Count(MachineSubject subject, int demanded, bool isSwitch, string what)
    {
        int found = subject.Devices.Where(device => device.Architecture.IsSwitch() == isSwitch).Select(device => device.Id).Distinct().Count();
        return subject.Devices.Count < subject.Given && found < demanded ? Finding.NotReached("the word of each device's hardware")
            : subject.Given == 0 && found < demanded ? Finding.NotReached("evidence of devices")
            : Finding.Of(found == demanded, RefusalReason.DeviceNotAccepted, $"{demanded} {what}", $"{found} {what}",
                $"The guest shows {found} {what} and the policy demands {demanded}, no more and no less.");
    }

    private static Finding GpusAreOfOneMode(MachineSubject subject)
    {
        GpuMode?[] modes = [.. Gpus(subject).Select(device => device.Mode).Distinct()];
        return Finding.Of(modes.Length <= 1, RefusalReason.DeviceNotAccepted, "one mode", string.Join(", ", modes.Select(mode => mode?.ToString() ?? "not said")),
            "The GPUs are in different modes: one machine gives a guest its GPUs in one mode.");
    }

    /// <summary>In protected PCIe mode each GPU names the switches that it is linked to, and these must be the ones that are shown.</summary>
    private static Finding GpusSeeTheSwitches(MachineSubject subject)
    {
        const string Expected = "switches that are linked to every GPU";
        AuthenticDevice[] gpus = [.. Gpus(subject).Where(device => device.Mode == GpuMode.ProtectedPcie)];
        if (gpus.Length == 0)
        {
            return Finding.Passed(Expected, "no GPU is in protected PCIe mode");
        }

        string[] shown = [.. subject.Devices.Where(device => device.Architecture.IsSwitch()).SelectMany(SwitchIds).Distinct().Order(StringComparer.Ordinal)];
        AuthenticDevice? stranger = gpus.FirstOrDefault(gpu => !SwitchIds(gpu).Distinct().Order(StringComparer.Ordinal).SequenceEqual(shown, StringComparer.Ordinal));
        return shown.Length == 0 ? Finding.Of(subject.Policy.Count.Switches == 0, RefusalReason.DeviceNotAccepted, Expected, "no switch is shown",
                "GPUs in protected PCIe mode are linked by switches, and evidence of these is missing.")
            : Finding.Of(stranger is null, RefusalReason.DeviceNotAccepted, Expected, stranger is null ? $"{shown.Length} switches" : "other switches",
                "A GPU is linked to other switches than those that are shown: they are not of one machine.");
    }

    private static IEnumerable<AuthenticDevice> Gpus(MachineSubject subject) => subject.Devices.Where(device => !device.Architecture.IsSwitch());

    /// <summary>Links that lead nowhere have an id of zero.</summary>
    private static IEnumerable<string> SwitchIds(AuthenticDevice device)
    {
        ByteString ids = device.Report.Opaque.SwitchIds ?? ByteString.Empty;
        for (int at = 0; at + SwitchIdSize <= ids.Length; at += SwitchIdSize)
        {
            if (ids.Span.Slice(at, SwitchIdSize).ContainsAnyExcept((byte)0))
            {
                yield return Convert.ToHexStringLower(ids.Span.Slice(at, SwitchIdSize));
            }
        }
    }
}
