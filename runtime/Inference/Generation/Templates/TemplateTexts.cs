using System.Globalization;
using ConfidentialOperator.Inference.Generation.Tokenizers;

namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>What can be done with text; parts that are content stay content.</summary>
internal static class TemplateTexts
{
    public static MarkedText Trim(MarkedText text, bool left, bool right, string? characters = null)
    {
        string whole = text.Text;
        bool Goes(char character) => characters is null ? char.IsWhiteSpace(character) : characters.Contains(character, StringComparison.Ordinal);
        int start = 0;
        int end = whole.Length;
        while (left && start < end && Goes(whole[start])) start++;
        while (right && end > start && Goes(whole[end - 1])) end--;
        return text.Slice(start, end - start);
    }

    public static List<object?> Split(MarkedText text, string? separator, int most)
    {
        if (separator is { Length: 0 }) throw new TemplateException("a text is split at nothing");
        string whole = text.Text;
        var parts = new List<object?>();
        int start = 0;
        for (int at = Next(whole, 0, separator); at >= 0 && parts.Count < most; at = Next(whole, start, separator))
        {
            if (separator is not null || at > start) parts.Add(text.Slice(start, at - start));
            start = at + (separator?.Length ?? 1);
        }

        if (separator is not null || start < whole.Length) parts.Add(text.Slice(start, whole.Length - start));
        return parts;
    }

    public static MarkedText Replace(MarkedText text, MarkedText from, MarkedText to)
    {
        if (from.Length == 0) throw new TemplateException("nothing is replaced by something");
        string changed = text.Text.Replace(from.Text, to.Text, StringComparison.Ordinal);
        return text.HasContent || to.HasContent ? MarkedText.OfContent(changed) : MarkedText.Trusted(changed);
    }

    public static MarkedText Title(MarkedText text) => text.Map(CultureInfo.InvariantCulture.TextInfo.ToTitleCase);

    public static MarkedText Capitalize(MarkedText text) =>
        text.Map(whole => whole.Length == 0 ? whole : char.ToUpperInvariant(whole[0]) + whole[1..].ToLowerInvariant());

    public static MarkedText Join(IEnumerable<object?> items, MarkedText separator)
    {
        var parts = new List<MarkedText>();
        foreach (object? item in items)
        {
            if (parts.Count > 0) parts.Add(separator);
            parts.Add(TemplateValues.Text(item));
        }

        return MarkedText.Concat([.. parts]);
    }

    private static int Next(string text, int start, string? separator)
    {
        if (separator is not null) return text.IndexOf(separator, start, StringComparison.Ordinal);
        for (int at = start; at < text.Length; at++)
        {
            if (char.IsWhiteSpace(text[at])) return at;
        }

        return -1;
    }
}
