using System.Collections;
using System.Text.RegularExpressions;

namespace ConfidentialOperator.ApiServer.Schemas.Cel;

/// <summary>Functions that are written behind a value: strings, lists, optionals, addresses.</summary>
internal static class CelMethods
{
    public static object? Call(string name, object? target, IReadOnlyList<object?> arguments) => target switch
    {
        string text => OfString(name, text, arguments),
        CelOptional optional => OfOptional(name, optional, arguments),
        IDictionary<string, object?> map when name == "size" => (long)map.Count,
        IList list => OfList(name, list, arguments),
        Uri url => OfUrl(name, url),
        CelQuantity quantity => OfQuantity(name, quantity, arguments),
        TimeSpan span => OfDuration(name, span),
        null when name == "none" => CelOptional.None,
        null when name == "of" => new CelOptional(true, arguments[0]),
        _ => throw CelFunctions.Unknown(name),
    };

    private static object? OfString(string name, string text, IReadOnlyList<object?> arguments) => name switch
    {
        "startsWith" => text.StartsWith(Text(arguments, 0), StringComparison.Ordinal),
        "endsWith" => text.EndsWith(Text(arguments, 0), StringComparison.Ordinal),
        "contains" => text.Contains(Text(arguments, 0), StringComparison.Ordinal),
        "matches" => Regex.IsMatch(text, Text(arguments, 0), RegexOptions.CultureInvariant),
        "size" => CelFunctions.Size(text),
        _ => Reshape(name, text, arguments),
    };

    private static object? Reshape(string name, string text, IReadOnlyList<object?> arguments) => name switch
    {
        "lowerAscii" => text.ToLowerInvariant(),
        "upperAscii" => text.ToUpperInvariant(),
        "trim" => text.Trim(),
        "split" => text.Split(Text(arguments, 0)).Cast<object?>().ToList(),
        "replace" => text.Replace(Text(arguments, 0), Text(arguments, 1), StringComparison.Ordinal),
        "indexOf" => (long)text.IndexOf(Text(arguments, 0), StringComparison.Ordinal),
        "lastIndexOf" => (long)text.LastIndexOf(Text(arguments, 0), StringComparison.Ordinal),
        "substring" => text[Position(arguments, 0)..(arguments.Count > 1 ? Position(arguments, 1) : text.Length)],
        "charAt" => text[Position(arguments, 0)].ToString(),
        "find" => Regex.Match(text, Text(arguments, 0)).Value,
        _ => throw CelFunctions.Unknown(name),
    };

    private static object? OfList(string name, IList list, IReadOnlyList<object?> arguments)
    {
        List<object?> items = [.. list.Cast<object?>()];
        return name switch
        {
            "size" => (long)items.Count,
            "join" => string.Join(arguments.Count > 0 ? Text(arguments, 0) : "", items),
            "isSorted" => items.Zip(items.Skip(1), CelValues.Compare).All(order => order <= 0),
            "sum" => items.All(item => item is long) ? items.Sum(item => (long)item!) : (object)items.Sum(CelValues.ToDouble),
            "min" => items.Order(Comparer<object?>.Create(CelValues.Compare)).First(),
            "max" => items.OrderDescending(Comparer<object?>.Create(CelValues.Compare)).First(),
            "indexOf" => (long)items.FindIndex(item => CelValues.AreEqual(item, arguments[0])),
            _ => throw CelFunctions.Unknown(name),
        };
    }

    private static object? OfOptional(string name, CelOptional optional, IReadOnlyList<object?> arguments) => name switch
    {
        "hasValue" => optional.HasValue,
        "orValue" => optional.HasValue ? optional.Value : arguments[0],
        "or" => optional.HasValue ? optional : arguments[0],
        "value" => optional.HasValue ? optional.Value : throw new CelException("optional.none() dereference"),
        _ => throw CelFunctions.Unknown(name),
    };

    private static string OfUrl(string name, Uri url) => name switch
    {
        "getScheme" => url.Scheme,
        "getHost" => url.IsDefaultPort ? url.Host : $"{url.Host}:{url.Port}",
        "getHostname" => url.Host,
        "getPort" => url.IsDefaultPort ? "" : $"{url.Port}",
        "getEscapedPath" => url.AbsolutePath,
        _ => throw CelFunctions.Unknown(name),
    };

    private static object? OfQuantity(string name, CelQuantity quantity, IReadOnlyList<object?> arguments) => name switch
    {
        "isGreaterThan" => arguments[0] is CelQuantity other && quantity.Amount > other.Amount,
        "isLessThan" => arguments[0] is CelQuantity other && quantity.Amount < other.Amount,
        "compareTo" => arguments[0] is CelQuantity other ? (long)quantity.Amount.CompareTo(other.Amount) : throw CelFunctions.Unknown(name),
        "sign" => (long)decimal.Sign(quantity.Amount),
        "isInteger" => decimal.IsInteger(quantity.Amount),
        "asInteger" => (long)quantity.Amount,
        _ => throw CelFunctions.Unknown(name),
    };

    private static long OfDuration(string name, TimeSpan span) => name switch
    {
        "getHours" => (long)span.TotalHours,
        "getMinutes" => (long)span.TotalMinutes,
        "getSeconds" => (long)span.TotalSeconds,
        "getMilliseconds" => (long)span.TotalMilliseconds,
        _ => throw CelFunctions.Unknown(name),
    };

    private static string Text(IReadOnlyList<object?> arguments, int at) =>
        arguments.Count > at && arguments[at] is string text ? text : throw new CelException("no such overload");

    private static int Position(IReadOnlyList<object?> arguments, int at) =>
        arguments.Count > at && arguments[at] is long position ? (int)position : throw new CelException("no such overload");
}
