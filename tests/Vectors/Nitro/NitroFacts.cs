using System.Globalization;
using System.Text.Json;
using ConfidentialOperator.Attestation.Nitro;

namespace ConfidentialOperator.Vectors;

/// <summary>What the set knows about a Nitro document against what was read from it.</summary>
internal static class NitroFacts
{
    private static readonly Dictionary<string, Func<NitroDocument, string>> s_texts = new(StringComparer.Ordinal)
    {
        ["module_id"] = document => document.ModuleId,
        ["timestamp_ms"] = document => document.Timestamp.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        ["public_key_hex"] = document => $"{document.PublicKey}",
        ["user_data_hex"] = document => $"{document.UserData}",
        ["nonce_hex"] = document => $"{document.Nonce}",
        ["pcr_count"] = document => document.PcrIndices.Count().ToString(CultureInfo.InvariantCulture),
    };

    public static IReadOnlyList<string> Compare(JsonElement facts, NitroDocument document)
    {
        var wrong = new List<string>();
        foreach (JsonProperty fact in facts.ValueKind == JsonValueKind.Object ? facts.EnumerateObject().ToArray() : [])
        {
            if (s_texts.TryGetValue(fact.Name, out Func<NitroDocument, string>? read))
            {
                Add(fact.Name, fact.Value.ToString(), read(document));
            }

            foreach (JsonProperty pcr in fact.Name == "pcrs" ? fact.Value.EnumerateObject().ToArray() : [])
            {
                Add($"pcr {pcr.Name}", pcr.Value.ToString(), $"{document.Pcr(int.Parse(pcr.Name, CultureInfo.InvariantCulture))}");
            }
        }

        return wrong;

        void Add(string name, string expected, string found)
        {
            if (expected != found)
            {
                wrong.Add($"{name} is {expected}, read as {found}");
            }
        }
    }
}
