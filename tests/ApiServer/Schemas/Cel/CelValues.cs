using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Schemas.Cel;

/// <summary>Conversion, comparison and access of CEL values.</summary>
internal static class CelValues
{
    public static object? FromJson(object? value) => value switch
    {
        JsonObject map => map.ToDictionary(pair => pair.Key, pair => FromJson(pair.Value), StringComparer.Ordinal),
        JsonArray list => list.Select(FromJson).ToList(),
        JsonValue scalar => FromScalar(scalar),
        _ => value,
    };

    public static bool TryMember(object? target, string name, out object? found)
    {
        found = null;
        if (target is not IDictionary<string, object?> map) return false;
        return map.TryGetValue(name, out found) || map.TryGetValue(Unescape(name), out found);
    }

    public static bool TryElement(object? target, object? key, out object? found)
    {
        found = null;
        if (target is IDictionary<string, object?> map) return map.TryGetValue(KeyText(key), out found);
        if (target is not IList list || key is not long index || index < 0 || index >= list.Count) return false;
        found = list[(int)index];
        return true;
    }

    public static string KeyText(object? key) => Convert.ToString(key, CultureInfo.InvariantCulture) ?? "";

    public static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (long or double, long or double) => ToDouble(left).Equals(ToDouble(right)),
        (IDictionary<string, object?> a, IDictionary<string, object?> b) =>
            a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out object? other) && AreEqual(pair.Value, other)),
        (IList a, IList b) => a.Count == b.Count && a.Cast<object?>().Zip(b.Cast<object?>(), AreEqual).All(same => same),
        _ => left.Equals(right),
    };

    public static int Compare(object? left, object? right) => (left, right) switch
    {
        (long a, long b) => a.CompareTo(b),
        (long or double, long or double) => ToDouble(left).CompareTo(ToDouble(right)),
        (string a, string b) => string.CompareOrdinal(a, b),
        (bool a, bool b) => a.CompareTo(b),
        (TimeSpan a, TimeSpan b) => a.CompareTo(b),
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        (CelQuantity a, CelQuantity b) => a.Amount.CompareTo(b.Amount),
        _ => throw new CelException($"no such overload: {TypeName(left)} < {TypeName(right)}"),
    };

    public static double ToDouble(object? value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);

    public static string TypeName(object? value) => value switch
    {
        null => "null_type",
        bool => "bool",
        long => "int",
        double => "double",
        string => "string",
        IDictionary<string, object?> => "map",
        IList => "list",
        _ => value.GetType().Name,
    };

    private static object? FromScalar(JsonValue scalar) => scalar.GetValueKind() switch
    {
        JsonValueKind.String => scalar.GetValue<string>(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => long.TryParse(scalar.ToJsonString(), out long integer) ? integer : (object)scalar.AsDouble(),
        _ => null,
    };

    /// <summary>Kubernetes escapes member names that CEL cannot spell (KEP-2876).</summary>
    private static string Unescape(string name) => name
        .Replace("__underscores__", "__", StringComparison.Ordinal)
        .Replace("__dot__", ".", StringComparison.Ordinal)
        .Replace("__dash__", "-", StringComparison.Ordinal)
        .Replace("__slash__", "/", StringComparison.Ordinal)
        .Replace("__namespace__", "namespace", StringComparison.Ordinal);
}
