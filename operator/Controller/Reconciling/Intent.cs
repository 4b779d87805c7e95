using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>
/// Tells whether an object is as we want it, so that nothing is sent that changes nothing. An annotation holds the digest of what was applied
/// last: it also tells of members that we want no more. The comparison tells of members that somebody else has changed.
/// </summary>
internal static class Intent
{
    public const string Annotation = "confidential-operator.dev/intent";

    private static readonly HashSet<string> s_quantities = new(["limits", "requests", "sizeLimit"], StringComparer.Ordinal);

    private static readonly HashSet<string> s_unwrittenFalse = new(["publishNotReadyAddresses"], StringComparer.Ordinal);

    private static readonly Dictionary<string, decimal> s_factors = new(StringComparer.Ordinal)
    {
        ["n"] = 1e-9m,
        ["u"] = 1e-6m,
        ["m"] = 1e-3m,
        [""] = 1,
        ["k"] = 1e3m,
        ["M"] = 1e6m,
        ["G"] = 1e9m,
        ["T"] = 1e12m,
        ["P"] = 1e15m,
        ["E"] = 1e18m,
        ["Ki"] = 1L << 10,
        ["Mi"] = 1L << 20,
        ["Gi"] = 1L << 30,
        ["Ti"] = 1L << 40,
        ["Pi"] = 1L << 50,
        ["Ei"] = 1L << 60,
    };

    public static string Digest(JsonObject intent) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(intent)));

    /// <summary>Copies an intent and writes its digest on it.</summary>
    public static JsonObject Sealed(JsonObject intent, string digest)
    {
        JsonObject copy = intent.DeepClone().AsObject();
        JsonObject metadata = copy["metadata"]!.AsObject();
        if (metadata["annotations"] is not JsonObject annotations)
        {
            metadata["annotations"] = annotations = [];
        }

        annotations[Annotation] = digest;
        return copy;
    }

    /// <summary>
    /// Gets whether everything that is wanted of an object is there; what others have added does not matter. Of which kind it is the caller
    /// knows: the items of a list do not say it themselves.
    /// </summary>
    public static bool Holds(JsonObject wanted, JsonElement live) => live.ValueKind == JsonValueKind.Object
        && wanted.Where(member => member.Key is not ("apiVersion" or "kind")).All(member => HoldsMember(wanted, member.Key, live, quantity: false));

    private static bool Holds(JsonNode? wanted, JsonElement live, bool quantity) => wanted switch
    {
        JsonObject members => live.ValueKind == JsonValueKind.Object && members.All(member => HoldsMember(members, member.Key, live, quantity)),
        JsonArray items => live.ValueKind == JsonValueKind.Array && HoldsInOrder(items, live, quantity),
        null => live.ValueKind == JsonValueKind.Null,
        _ => SameScalar(wanted, live, quantity),
    };

    private static bool HoldsMember(JsonObject wanted, string name, JsonElement live, bool quantity) =>
        live.TryGetProperty(name, out JsonElement value)
            ? Holds(wanted[name], value, quantity || s_quantities.Contains(name))
            : IsUnwritten(wanted, name, live);

    // The server leaves out an empty text: a variable without a value comes back with its name alone. Where somebody has put another member in
    // its place, it is not that. It leaves out false for a few members only; for others, such as automountServiceAccountToken, absence means true.
    private static bool IsUnwritten(JsonObject wanted, string name, JsonElement live) => wanted[name]?.GetValueKind() switch
    {
        JsonValueKind.String => ((string)wanted[name]!).Length == 0 && live.EnumerateObject().All(member => wanted.ContainsKey(member.Name)),
        JsonValueKind.False => s_unwrittenFalse.Contains(name),
        _ => false,
    };

    private static bool HoldsInOrder(JsonArray wanted, JsonElement live, bool quantity)
    {
        int next = 0;
        foreach (JsonElement item in live.EnumerateArray())
        {
            if (next < wanted.Count && Holds(wanted[next], item, quantity))
            {
                next++;
            }
        }

        return next == wanted.Count;
    }

    private static bool SameScalar(JsonNode wanted, JsonElement live, bool quantity)
    {
        using JsonDocument given = JsonDocument.Parse(wanted.ToJsonString());
        return JsonElement.DeepEquals(given.RootElement, live)
            || (quantity && Amount(given.RootElement) is { } one && Amount(live) is { } other && one == other);
    }

    // The server writes quantities in its own way: 1024Mi becomes 1Gi.
    private static decimal? Amount(JsonElement value)
    {
        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        int digits = text.TakeWhile(letter => char.IsAsciiDigit(letter) || letter is '.' or '-' or '+').Count();
        bool known = s_factors.TryGetValue(text[digits..], out decimal factor);
        if (!known && text.Length > digits && text[digits] is 'e' or 'E'
            && int.TryParse(text[(digits + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int power) && power is >= -9 and <= 18)
        {
            (known, factor) = (true, (decimal)Math.Pow(10, power));
        }

        return known && decimal.TryParse(text[..digits], NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) && Math.Abs(number) < 1e10m
            ? number * factor
            : null;
    }
}
