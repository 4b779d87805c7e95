using System.Globalization;
using System.Text.Json;
using ConfidentialOperator.Attestation.Nvidia.Spdm;

namespace ConfidentialOperator.Vectors;

/// <summary>What the set knows about a device's report against what was read from it.</summary>
internal static class NvidiaFacts
{
    private static readonly Dictionary<string, Func<SpdmReport, string?>> s_texts = new(StringComparer.Ordinal)
    {
        ["report_len"] = report => Text(report.Length),
        ["trailing_bytes"] = report => Text(report.TrailingBytes),
        ["measurement_blocks"] = report => Text(report.Count),
        ["driver_version"] = report => report.Opaque.DriverVersion,
        ["vbios_version"] = report => report.Opaque.VbiosVersion,
        ["project"] = report => report.Opaque.Project,
        ["project_sku"] = report => report.Opaque.ProjectSku,
        ["chip_sku"] = report => report.Opaque.ChipSku,
        ["chip_info"] = report => report.Opaque.ChipInfo,
        ["board_id"] = report => report.Opaque.BoardId?.ToString(),
        ["fwid"] = report => report.Opaque.FirmwareId?.ToString(),
        ["opaque_version"] = report => report.Opaque.OpaqueVersion is { } version ? Text(version) : null,
        ["feature_flag"] = report => report.Opaque.FeatureFlag switch { 0 => "SPT", 1 => "MPT", 2 => "PPCIE", { } flag => Text(flag), null => null },
        ["nvdec0_status"] = report => report.Opaque.Nvdec0 switch { true => "enabled", false => "disabled", null => null },
        ["protected_pcie"] = report => report.Opaque.ProtectedPcie switch { true => "aa", false => "55", null => null },
    };

    public static IReadOnlyList<string> Compare(JsonElement facts, SpdmReport report)
    {
        var wrong = new List<string>();
        foreach (JsonProperty fact in facts.ValueKind == JsonValueKind.Object ? facts.EnumerateObject().ToArray() : [])
        {
            if (s_texts.TryGetValue(fact.Name, out Func<SpdmReport, string?>? read))
            {
                Add(fact.Name, fact.Value.ValueKind == JsonValueKind.Null ? "" : fact.Value.ToString(), read(report) ?? "");
            }
            else if (fact.Name == "request")
            {
                Add("nonce", fact.Value.GetProperty("nonce").ToString(), report.Nonce.ToString());
                Add("slot", fact.Value.GetProperty("slot").ToString(), Text(report.Slot));
            }
            else if (fact.Name == "opaque_field_ids")
            {
                Add(fact.Name, string.Join(',', fact.Value.EnumerateArray().Select(entry => entry.ToString())), string.Join(',', report.Opaque.Types.Order()));
            }
        }

        return wrong;

        void Add(string name, string expected, string found)
        {
            if (!expected.Equals(found, StringComparison.OrdinalIgnoreCase))
            {
                wrong.Add($"{name} is {expected}, read as {found}");
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
