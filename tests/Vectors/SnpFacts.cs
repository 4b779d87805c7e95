using System.Buffers.Binary;
using System.Text.Json;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Vectors;

/// <summary>What the set knows about a report against what was read from it.</summary>
internal static class SnpFacts
{
    private static readonly Dictionary<string, Func<SnpReport, string>> s_texts = new(StringComparer.Ordinal)
    {
        ["report_version"] = report => $"{report.Version}",
        ["guest_svn"] = report => $"{report.GuestSvn}",
        ["signature_algo"] = _ => "1",
        ["policy_hex"] = report => $"{report.LaunchPolicy}",
        ["policy_bits.abi_major"] = report => $"{report.LaunchPolicy.AbiMajor}",
        ["policy_bits.abi_minor"] = report => $"{report.LaunchPolicy.AbiMinor}",
        ["policy_bits.smt"] = report => Bit(report.LaunchPolicy.AllowsSmt),
        ["policy_bits.migrate_ma"] = report => Bit(report.LaunchPolicy.AllowsMigration),
        ["policy_bits.debug"] = report => Bit(report.LaunchPolicy.AllowsDebug),
        ["policy_bits.single_socket"] = report => Bit(report.LaunchPolicy.IsSingleSocket),
        ["policy_bits.cxl_allow"] = report => Bit(report.LaunchPolicy.AllowsCxl),
        ["policy_bits.mem_aes_256_xts"] = report => Bit(report.LaunchPolicy.DemandsAes256Xts),
        ["policy_bits.rapl_dis"] = report => Bit(report.LaunchPolicy.DemandsRaplDisabled),
        ["policy_bits.ciphertext_hiding_dram"] = report => Bit(report.LaunchPolicy.DemandsCiphertextHiding),
        ["policy_bits.page_swap_disable"] = report => Bit(report.LaunchPolicy.DisablesPageSwap),
        ["key_info_hex"] = report => $"0x{report.KeyInfo:x}",
        ["report_id"] = report => report.ReportId.ToString(),
        ["report_id_ma"] = report => report.MigrationAgentId.ToString(),
        ["current_version"] = report => $"{report.CurrentFirmware}",
        ["committed_version"] = report => $"{report.CommittedFirmware}",
        ["cpuid.family"] = report => $"0x{report.Cpuid?.Family:x}",
        ["cpuid.model"] = report => $"0x{report.Cpuid?.Model:x}",
        ["cpuid.stepping"] = report => $"0x{report.Cpuid?.Stepping:x}",
        ["launch_mit_vector"] = report => Bytes(report.LaunchMitigations),
        ["current_mit_vector"] = report => Bytes(report.CurrentMitigations),
        ["vmpl"] = report => $"{report.Vmpl}",
        ["signing_key"] = report => report.SigningKey.ToString().ToUpperInvariant(),
        ["mask_chip_key"] = report => report.MasksSignature ? "1" : "0",
        ["author_key_en"] = report => report.HasAuthorKey ? "1" : "0",
        ["platform_info_hex"] = report => $"{report.PlatformInfo}",
        ["report_data"] = report => report.ReportData.ToString(),
        ["measurement"] = report => report.Measurement.ToString(),
        ["host_data"] = report => report.HostData.ToString(),
        ["id_key_digest"] = report => report.IdKeyDigest.ToString(),
        ["author_key_digest"] = report => report.AuthorKeyDigest.ToString(),
        ["chip_id"] = report => report.ChipId.ToString(),
    };

    private static readonly Dictionary<string, Func<SnpReport, SnpTcb>> s_tcbs = new(StringComparer.Ordinal)
    {
        ["current_tcb"] = report => report.CurrentTcb,
        ["reported_tcb"] = report => report.ReportedTcb,
        ["committed_tcb"] = report => report.CommittedTcb,
        ["launch_tcb"] = report => report.LaunchTcb,
    };

    public static IReadOnlyList<string> Compare(JsonElement facts, SnpReport report)
    {
        var wrong = new List<string>();
        foreach ((string name, JsonElement fact) in Each(facts, ""))
        {
            (string expected, string found) = Pair(name, fact, report);
            if (!expected.Equals(found, StringComparison.OrdinalIgnoreCase))
            {
                wrong.Add($"{name} is {expected}, read as {found}");
            }
        }

        return wrong;
    }

    /// <summary>Flags and the processor's name stand in objects of their own.</summary>
    private static IEnumerable<(string Name, JsonElement Fact)> Each(JsonElement facts, string prefix) =>
        facts.ValueKind != JsonValueKind.Object ? [] : facts.EnumerateObject().SelectMany(fact =>
            fact.Name is "policy_bits" or "cpuid" ? Each(fact.Value, fact.Name + ".") : [(prefix + fact.Name, fact.Value)]);

    private static (string Expected, string Found) Pair(string name, JsonElement fact, SnpReport report)
    {
        if (s_texts.TryGetValue(name, out Func<SnpReport, string>? text))
        {
            return (fact.ToString(), text(report));
        }

        return s_tcbs.TryGetValue(name, out Func<SnpReport, SnpTcb>? tcb) && fact.ValueKind == JsonValueKind.Object
            ? ($"{Read(fact)}", $"{tcb(report)}") : ("", "");
    }

    private static string Bit(bool isSet) => isSet ? "1" : "0";

    /// <summary>The set has the vectors as the report has them, least byte first.</summary>
    private static string Bytes(ulong? vector) => vector is { } bits ? $"{BinaryPrimitives.ReverseEndianness(bits):x16}" : "none";

    private static SnpTcb Read(JsonElement value)
    {
        byte Part(string name) => value.TryGetProperty(name, out JsonElement part) ? part.GetByte() : (byte)0;
        return new(Part("fmc"), Part("bootloader"), Part("tee"), Part("snp"), Part("microcode"));
    }
}
