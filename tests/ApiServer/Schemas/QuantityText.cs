using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ConfidentialOperator.ApiServer.Schemas;

/// <summary>
/// Rewrites quantities of built-in kinds as the server stores them (<c>1024Mi</c> becomes <c>1Gi</c>, <c>0.5</c> becomes <c>500m</c>),
/// so that a client that compares texts is caught here and not on a cluster.
/// </summary>
internal static partial class QuantityText
{
    public const string Format = "quantity";

    private static readonly string[] s_binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    private static readonly string[] s_decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

    public static void Rewrite(JsonNode? value, SchemaNode schema)
    {
        if (value is JsonObject item)
        {
            foreach (string name in item.Select(pair => pair.Key).ToList())
            {
                if (schema.Member(name) is not { } member) continue;
                if (member.IsQuantity && item[name] is JsonValue text) item[name] = Canonical(Json.JsonPaths.Scalar(text));
                else Rewrite(item[name], member);
            }
        }
        else if (value is JsonArray list && schema.Items is { } items)
        {
            foreach (JsonNode? element in list) Rewrite(element, items);
        }
    }

    public static string Canonical(string text)
    {
        Match match = Shape().Match(text);
        if (!match.Success) return text;
        string suffix = match.Groups[2].Value;
        decimal number = decimal.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        int binary = Array.IndexOf(s_binary, suffix);
        if (binary > 0 && decimal.IsInteger(number)) return Scale(new BigInteger(number) * BigInteger.Pow(1024, binary), 1024, s_binary, 0);
        if (binary > 0) return text;
        int step = Array.IndexOf(s_decimal, suffix);
        return Scale(new BigInteger(number * 1_000_000_000m) * BigInteger.Pow(1000, step) / BigInteger.Pow(1000, 3), 1000, s_decimal, 0);
    }

    /// <summary>The largest unit that leaves a whole number.</summary>
    private static string Scale(BigInteger amount, int factor, string[] units, int unit)
    {
        if (amount.IsZero) return "0";
        while (unit < units.Length - 1 && amount % factor == 0)
        {
            amount /= factor;
            unit++;
        }

        return $"{amount}{units[unit]}";
    }

    [GeneratedRegex(@"^([+-]?\d+(?:\.\d+)?)(|n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)$")]
    private static partial Regex Shape();
}
