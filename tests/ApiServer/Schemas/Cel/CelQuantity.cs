using System.Globalization;

namespace ConfidentialOperator.ApiServer.Schemas.Cel;

/// <summary>A Kubernetes quantity, comparable.</summary>
internal sealed record CelQuantity(decimal Amount)
{
    private static readonly (string Suffix, decimal Factor)[] s_suffixes =
    [
        ("Ki", 1024m), ("Mi", 1048576m), ("Gi", 1073741824m), ("Ti", 1099511627776m), ("Pi", 1125899906842624m),
        ("m", 0.001m), ("k", 1000m), ("M", 1000000m), ("G", 1000000000m), ("T", 1000000000000m), ("P", 1000000000000000m), ("", 1m),
    ];

    public static bool TryParse(string text, out CelQuantity quantity)
    {
        quantity = new(0);
        foreach ((string suffix, decimal factor) in s_suffixes)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            if (!decimal.TryParse(text[..^suffix.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)) continue;
            quantity = new(number * factor);
            return true;
        }

        return false;
    }
}
