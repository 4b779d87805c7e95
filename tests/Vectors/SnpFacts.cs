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
        ["vmpl"] = report => $"{report.Vmpl}",
        ["signing_key"] = report => report.SigningKey.ToString().ToUpperInvariant(),
        ["mask_chip_key"] = report => report.MasksSignature ? "1" : "0",
        ["author_key_en"] = report => report.HasAuthorKey ? "1" : "0",
        ["platform_info_hex"] = report => $"0x{report.PlatformInfo:x}",
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
        foreach (JsonProperty fact in facts.ValueKind == JsonValueKind.Object ? facts.EnumerateObject().ToArray() : [])
        {
            (string expected, string found) = Pair(fact, report);
            if (!expected.Equals(found, StringComparison.OrdinalIgnoreCase))
            {
                wrong.Add($"{fact.Name} is {expected}, read as {found}");
            }
        }

        return wrong;
    }

    private static (string Expected, string Found) Pair(JsonProperty fact, SnpReport report)
    {
        if (s_texts.TryGetValue(fact.Name, out Func<SnpReport, string>? text))
        {
            return (fact.Value.ToString(), text(report));
        }

        return s_tcbs.TryGetValue(fact.Name, out Func<SnpReport, SnpTcb>? tcb) && fact.Value.ValueKind == JsonValueKind.Object
            ? ($"{Read(fact.Value)}", $"{tcb(report)}") : ("", "");
    }

    private static SnpTcb Read(JsonElement value)
    {
        byte Part(string name) => value.TryGetProperty(name, out JsonElement part) ? part.GetByte() : (byte)0;
        return new(Part("fmc"), Part("bootloader"), Part("tee"), Part("snp"), Part("microcode"));
    }
}
