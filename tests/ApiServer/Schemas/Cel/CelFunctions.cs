using System.Collections;
using System.Globalization;

namespace ConfidentialOperator.ApiServer.Schemas.Cel;

/// <summary>Operators and global functions.</summary>
internal static class CelFunctions
{
    public static object? Call(string name, IReadOnlyList<object?> arguments) => arguments.Count switch
    {
        1 => Unary(name, arguments[0]),
        2 => Binary(name, arguments[0], arguments[1]),
        _ => throw Unknown(name),
    };

    public static long Size(object? value) => value switch
    {
        string text => new StringInfo(text).LengthInTextElements,
        IDictionary<string, object?> map => map.Count,
        IList list => list.Count,
        _ => throw new CelException("no such overload: size"),
    };

    public static bool Contains(object? container, object? item) => container switch
    {
        IDictionary<string, object?> map => map.ContainsKey(CelValues.KeyText(item)),
        IList list => list.Cast<object?>().Any(element => CelValues.AreEqual(element, item)),
        _ => throw new CelException("no such overload: in"),
    };

    public static CelException Unknown(string name) => new($"undeclared reference to '{name}'");

    private static object? Unary(string name, object? value) => name switch
    {
        "!" => value is bool flag ? !flag : throw new CelException("no such overload: !"),
        "negate" => value is long integer ? -integer : (object)-CelValues.ToDouble(value),
        "size" => Size(value),
        "dyn" => value,
        "type" => CelValues.TypeName(value),
        "bool" => value is bool or "true" or "false" ? value is true or "true" : throw new CelException("type conversion error"),
        "duration" => CelDuration.TryParse(value as string ?? "", out TimeSpan span) ? span : throw new CelException("invalid duration"),
        "timestamp" => DateTimeOffset.Parse(value as string ?? "", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        "isQuantity" => CelQuantity.TryParse(value as string ?? "", out _),
        "quantity" => CelQuantity.TryParse(value as string ?? "", out CelQuantity quantity) ? quantity : throw new CelException("invalid quantity"),
        "isURL" => Uri.TryCreate(value as string, UriKind.Absolute, out _),
        "url" => Uri.TryCreate(value as string, UriKind.Absolute, out Uri? url) ? url : throw new CelException("invalid url"),
        _ => Convert(name, value),
    };

    private static object? Convert(string name, object? value)
    {
        try
        {
            return name switch
            {
                "int" or "uint" => value is double real ? (long)real : System.Convert.ToInt64(value, CultureInfo.InvariantCulture),
                "double" => CelValues.ToDouble(value),
                "string" => value is bool flag ? (flag ? "true" : "false") : System.Convert.ToString(value, CultureInfo.InvariantCulture),
                _ => throw Unknown(name),
            };
        }
        catch (FormatException)
        {
            throw new CelException("type conversion error");
        }
    }

    private static object? Binary(string name, object? left, object? right) => name switch
    {
        "==" => CelValues.AreEqual(left, right),
        "!=" => !CelValues.AreEqual(left, right),
        "<" => CelValues.Compare(left, right) < 0,
        "<=" => CelValues.Compare(left, right) <= 0,
        ">" => CelValues.Compare(left, right) > 0,
        ">=" => CelValues.Compare(left, right) >= 0,
        "in" => Contains(right, left),
        _ => Arithmetic(name, left, right),
    };

    private static object? Arithmetic(string name, object? left, object? right) => (name, left, right) switch
    {
        ("+", string a, string b) => a + b,
        ("+", IList a, IList b) => a.Cast<object?>().Concat(b.Cast<object?>()).ToList(),
        ("+", TimeSpan a, TimeSpan b) => a + b,
        ("+", long a, long b) => a + b,
        ("-", long a, long b) => a - b,
        ("*", long a, long b) => a * b,
        ("/", long a, long b) => b == 0 ? throw new CelException("division by zero") : a / b,
        ("%", long a, long b) => b == 0 ? throw new CelException("modulus by zero") : a % b,
        ("+", double or long, double or long) => CelValues.ToDouble(left) + CelValues.ToDouble(right),
        ("-", double or long, double or long) => CelValues.ToDouble(left) - CelValues.ToDouble(right),
        ("*", double or long, double or long) => CelValues.ToDouble(left) * CelValues.ToDouble(right),
        ("/", double or long, double or long) => CelValues.ToDouble(left) / CelValues.ToDouble(right),
        _ => throw new CelException($"no such overload: {CelValues.TypeName(left)} {name} {CelValues.TypeName(right)}"),
    };
}
