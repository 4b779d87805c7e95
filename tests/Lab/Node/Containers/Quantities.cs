using System.Globalization;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>Amounts of processor and memory.</summary>
internal static class Quantities
{
    private static readonly (string Suffix, decimal Factor)[] s_factors =
    [
        ("Ki", 1024m), ("Mi", 1048576m), ("Gi", 1073741824m), ("Ti", 1099511627776m), ("m", 0.001m), ("k", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m), ("", 1m),
    ];

    /// <summary>A limit of a container; null when it has none.</summary>
    public static decimal? Limit(JsonObject container, string resource) =>
        container.Find("resources", "limits", resource) is { } given ? Parse(given.Scalar()) : null;

    public static decimal Parse(string text)
    {
        (string suffix, decimal factor) = s_factors.First(entry => text.EndsWith(entry.Suffix, StringComparison.Ordinal));
        return decimal.Parse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.Float, CultureInfo.InvariantCulture) * factor;
    }
}
