using System.Globalization;
using ConfidentialOperator.Inference.Generation.Tokenizers;

namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>
/// The values of a template and what can be done with them: null, <see cref="Undefined"/>, bool, long, double, <see cref="MarkedText"/>,
/// lists of values, and mappings from text to values.
/// </summary>
internal static class TemplateValues
{
    /// <summary>The value of a name that nobody set.</summary>
    public static readonly object Undefined = new UndefinedValue();

    public static bool IsTrue(object? value) => value switch
    {
        null or UndefinedValue => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        MarkedText text => text.Length > 0,
        List<object?> list => list.Count > 0,
        Dictionary<string, object?> map => map.Count > 0,
        _ => true,
    };

    public static MarkedText Text(object? value) => value switch
    {
        MarkedText text => text,
        null => MarkedText.Trusted("None"),
        UndefinedValue => MarkedText.Trusted(""),
        bool flag => MarkedText.Trusted(flag ? "True" : "False"),
        long number => MarkedText.Trusted(number.ToString(CultureInfo.InvariantCulture)),
        double number => MarkedText.Trusted(number.ToString(Math.Abs(number) < 1e15 && number == Math.Floor(number) ? "0.0" : "R", CultureInfo.InvariantCulture)),
        _ => throw new TemplateException("a list or a mapping is written as text"),
    };

    public static bool Same(object? left, object? right) => (left, right) switch
    {
        (MarkedText a, MarkedText b) => string.Equals(a.Text, b.Text, StringComparison.Ordinal),
        (List<object?> a, List<object?> b) => a.Count == b.Count && a.Zip(b).All(pair => Same(pair.First, pair.Second)),
        (long or double or bool, long or double or bool) => Number(left).Equals(Number(right)),
        _ => Equals(left, right),
    };

    public static int Compare(object? left, object? right) => left is MarkedText a && right is MarkedText b
        ? string.CompareOrdinal(a.Text, b.Text)
        : Number(left).CompareTo(Number(right));

    public static bool Contains(object? container, object? item) => container switch
    {
        MarkedText text when item is MarkedText part => text.Text.Contains(part.Text, StringComparison.Ordinal),
        List<object?> list => list.Any(entry => Same(entry, item)),
        Dictionary<string, object?> map when item is MarkedText key => map.ContainsKey(key.Text),
        UndefinedValue => false,
        _ => throw new TemplateException("\"in\" is asked of a value that holds nothing"),
    };

    public static object? Add(object? left, object? right) => (left, right) switch
    {
        (MarkedText a, MarkedText b) => MarkedText.Concat(a, b),
        (List<object?> a, List<object?> b) => new List<object?>([.. a, .. b]),
        (long a, long b) => a + b,
        _ => Number(left) + Number(right),
    };

    public static object? Arithmetic(string sign, object? left, object? right)
    {
        if (sign is "//" or "%" or "/" && Number(right) == 0) throw new TemplateException("a number is divided by zero");
        return (sign, left, right) switch
        {
            // Each arm is boxed by itself: whole numbers stay whole.
            ("-", long a, long b) => (object)(a - b),
            ("*", long a, long b) => a * b,
            ("//", long a, long b) => (long)Math.Floor((double)a / b),
            ("%", long a, long b) => ((a % b) + b) % b,
            ("-", _, _) => Number(left) - Number(right),
            ("*", _, _) => Number(left) * Number(right),
            ("/", _, _) => Number(left) / Number(right),
            ("//", _, _) => Math.Floor(Number(left) / Number(right)),
            _ => Number(left) - (Number(right) * Math.Floor(Number(left) / Number(right))),
        };
    }

    public static double Number(object? value) => value switch
    {
        long number => number,
        double number => number,
        bool flag => flag ? 1 : 0,
        _ => throw new TemplateException("a number is expected where there is none"),
    };

    public static long Integer(object? value) => value switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        _ => throw new TemplateException("a whole number is expected where there is none"),
    };

    /// <summary>What can be gone through: a list, the keys of a mapping, the characters of a text.</summary>
    public static List<object?> Items(object? value) => value switch
    {
        List<object?> list => list,
        Dictionary<string, object?> map => [.. map.Keys.Select(object? (key) => MarkedText.Trusted(key))],
        MarkedText text => [.. Enumerable.Range(0, text.Length).Select(object? (at) => text.Slice(at, 1))],
        UndefinedValue => [],
        _ => throw new TemplateException("a list is expected where there is none"),
    };

    /// <summary>A member by name, an element by number.</summary>
    public static object? Member(object? value, object? key) => (value, key) switch
    {
        (Dictionary<string, object?> map, MarkedText name) => map.TryGetValue(name.Text, out object? member) ? member : Undefined,
        (List<object?> list, long index) => At(index, list.Count) is { } at ? list[at] : Undefined,
        (MarkedText text, long index) => At(index, text.Length) is { } at ? text.Slice(at, 1) : Undefined,
        (null or UndefinedValue, _) => throw new TemplateException("a member is asked of a value that is not there"),
        _ => Undefined,
    };

    /// <summary>A slice of a list or a text.</summary>
    public static object Slice(object? value, object? from, object? to, object? step)
    {
        long pace = step is null ? 1 : Integer(step);
        if (pace == -1 && from is null && to is null) return Items(value).AsEnumerable().Reverse().ToList();
        if (pace != 1) throw new TemplateException("a slice has a step other than 1, or -1 for a whole list");
        int count = value is MarkedText text ? text.Length : Items(value).Count;
        int start = from is null ? 0 : Bound(Integer(from), count);
        int end = Math.Max(start, to is null ? count : Bound(Integer(to), count));
        return value is MarkedText whole ? whole.Slice(start, end - start) : Items(value).GetRange(start, end - start);
    }

    private static int? At(long index, int count) => index >= 0 ? (index < count ? (int)index : null) : index >= -count ? (int)(index + count) : null;

    private static int Bound(long index, int count) => (int)Math.Clamp(index < 0 ? index + count : index, 0, count);

    private sealed class UndefinedValue;
}
