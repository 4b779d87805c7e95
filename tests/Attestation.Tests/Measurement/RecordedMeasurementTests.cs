using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Measurement;

/// <summary>Every recorded launch, made by other programs from real firmware, gives the same digest here or is refused as it was there.</summary>
public class RecordedMeasurementTests
{
    private static readonly Dictionary<string, HypervisorKind> s_hypervisors = new() { ["QEMU"] = HypervisorKind.Qemu, ["ec2"] = HypervisorKind.Ec2, ["gce"] = HypervisorKind.Gce };

    [Fact]
    public void EveryRecordedLaunchIsMeasuredAsRecorded()
    {
        string file = Path.Combine(SharedFolder.Firmware(), "measurements.json");
        JsonArray cases = JsonNode.Parse(File.ReadAllText(file))!["cases"]!.AsArray();
        var wrong = new List<string>();
        foreach (JsonNode? given in cases)
        {
            (string? digest, Refusal? refusal) = Measure(given!.AsObject());
            string? expected = given["digest"]?.GetValue<string>();
            if (digest != expected || (given["refused"] is null) != (refusal is null))
            {
                wrong.Add($"{given["id"]}: expected {expected ?? $"a refusal ({given["refused"]})"}, found {digest ?? refusal?.ToString()}");
            }
        }

        Assert.Empty(wrong);
        Assert.True(cases.Count >= 82, $"only {cases.Count} cases");
    }

    [Theory]
    [InlineData("refuse-1", RefusalReason.Unsupported, "area for kernel hashes")]
    [InlineData("refuse-2", RefusalReason.Malformed, "no table of an OVMF image")]
    [InlineData("refuse-3", RefusalReason.Malformed, "1 to 4096 virtual CPUs")]
    [InlineData("refuse-4", RefusalReason.Unsupported, "'EPYC-Nowhere' is not known")]
    [InlineData("refuse-5", RefusalReason.Malformed, "without a kernel")]
    [InlineData("refuse-6", RefusalReason.Malformed, "no table of an OVMF image")]
    public void WhatIsRefusedIsRefusedForItsReason(string id, RefusalReason reason, string sentence)
    {
        JsonArray cases = JsonNode.Parse(File.ReadAllText(Path.Combine(SharedFolder.Firmware(), "measurements.json")))!["cases"]!.AsArray();
        Refusal? refusal = Measure(cases.Single(given => given!["id"]!.GetValue<string>() == id)!.AsObject()).Refusal;
        Assert.Equal(reason, refusal?.Reason);
        Assert.Contains(sentence, refusal!.Message, StringComparison.Ordinal);
    }

    private static (string? Digest, Refusal? Refusal) Measure(JsonObject given)
    {
        byte[] image = RecordedFirmware.Read(given["firmware"]!.GetValue<string>());
        int cut = given["firmwareCut"]?.GetValue<int>() ?? 0;
        LaunchMeasurement? measurement = null;
        if (GuestFirmware.TryRead(image.AsMemory(0, image.Length + cut), out GuestFirmware? firmware, out Refusal? refusal))
        {
            bool isSnp = given["tee"]!.GetValue<string>() == "snp";
            measurement = isSnp ? MeasureSnp(given, firmware, out refusal) : MeasureTdx(given, firmware, out refusal);
        }

        return (measurement?.Values.Values.Single().ToString(), refusal);
    }

    private static LaunchMeasurement? MeasureSnp(JsonObject given, GuestFirmware firmware, out Refusal? refusal)
    {
        uint signature = given["vcpuSignature"]?.GetValue<uint>() ?? 0;
        if ((given["vcpuType"]?.GetValue<string>() is { } type && !ProcessorModel.TryFind(type, out signature, out refusal))
            || !DirectBoot.TryCreate(Content(given["kernel"]), Content(given["initrd"]), given["append"]?.GetValue<string>(), out DirectBoot? boot, out refusal))
        {
            return null;
        }

        var launch = new SnpLaunch
        {
            Firmware = firmware,
            Boot = boot,
            VirtualCpus = given["vcpus"]!.GetValue<int>(),
            Signature = signature,
            Hypervisor = s_hypervisors[given["vmmType"]!.GetValue<string>()],
            GuestFeatures = given["guestFeatures"]!.GetValue<ulong>(),
        };
        return launch.TryMeasure(out LaunchMeasurement? measurement, out refusal) ? measurement : null;
    }

    private static LaunchMeasurement? MeasureTdx(JsonObject given, GuestFirmware firmware, out Refusal? refusal)
    {
        TdxOrder order = given["order"]!.GetValue<string>() == "two-pass" ? TdxOrder.TwoPass : TdxOrder.SinglePass;
        return new TdxLaunch { Firmware = firmware, Order = order }.TryMeasure(out LaunchMeasurement? measurement, out refusal) ? measurement : null;
    }

    private static ReadOnlyMemory<byte>? Content(JsonNode? given)
    {
        if (given is null)
        {
            return null;
        }

        byte[] content = given["text"] is { } text ? Encoding.UTF8.GetBytes(text.GetValue<string>()) : new byte[given["pattern"]!.GetValue<int>()];
        for (int index = 0; given["text"] is null && index < content.Length; index++)
        {
            content[index] = (byte)(((index * 31) + 7) & 255);
        }

        return content;
    }
}
