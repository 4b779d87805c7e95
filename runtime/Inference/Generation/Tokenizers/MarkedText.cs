using System.Text;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>
/// Text of which some parts are content. What a caller wrote may look like a mark of the chat format and is none: only the template makes marks.
/// </summary>
internal sealed class MarkedText
{
    private static readonly MarkedText s_empty = new([]);

    private readonly (string Text, bool IsContent)[] _runs;

    private MarkedText((string Text, bool IsContent)[] runs) => _runs = runs;

    /// <summary>Gets the runs.</summary>
    public IReadOnlyList<(string Text, bool IsContent)> Runs => _runs;

    /// <summary>Gets the number of characters.</summary>
    public int Length => _runs.Sum(run => run.Text.Length);

    /// <summary>Gets whether any character is content.</summary>
    public bool HasContent => _runs.Any(run => run.IsContent);

    /// <summary>Gets the parts of <see cref="Text"/> that are content, in order.</summary>
    public IReadOnlyList<Range> Content
    {
        get
        {
            var ranges = new List<Range>();
            int at = 0;
            foreach ((string text, bool isContent) in _runs)
            {
                if (isContent) ranges.Add(at..(at + text.Length));
                at += text.Length;
            }

            return ranges;
        }
    }

    /// <summary>Gets the whole text.</summary>
    public string Text => _runs.Length == 1 ? _runs[0].Text : string.Concat(_runs.Select(run => run.Text));

    /// <summary>Text of a template or of a caller who may write marks.</summary>
    public static MarkedText Trusted(string text) => text.Length == 0 ? s_empty : new([(text, false)]);

    /// <summary>Text that is content throughout.</summary>
    public static MarkedText OfContent(string text) => text.Length == 0 ? s_empty : new([(text, true)]);

    /// <summary>Joins texts; each part stays what it is.</summary>
    public static MarkedText Concat(params ReadOnlySpan<MarkedText> parts)
    {
        var runs = new List<(string Text, bool IsContent)>();
        foreach (MarkedText part in parts) runs.AddRange(part._runs);
        return runs.Count == 0 ? s_empty : new([.. runs]);
    }

    /// <summary>Changes the text; a result that comes from any content is content.</summary>
    public MarkedText Map(Func<string, string> change)
    {
        string changed = change(Text);
        return HasContent ? OfContent(changed) : Trusted(changed);
    }

    /// <summary>Takes a part by positions in <see cref="Text"/>; each run stays what it is.</summary>
    public MarkedText Slice(int start, int length)
    {
        var runs = new List<(string Text, bool IsContent)>();
        int at = 0;
        foreach ((string text, bool isContent) in _runs)
        {
            int from = Math.Max(start, at);
            int to = Math.Min(start + length, at + text.Length);
            if (from < to) runs.Add((text[(from - at)..(to - at)], isContent));
            at += text.Length;
        }

        return runs.Count == 0 ? s_empty : new([.. runs]);
    }

    /// <summary>Says nothing of the text.</summary>
    public override string ToString() => $"{nameof(MarkedText)}({Length} characters)";

    /// <summary>Replaces lone surrogates, which are no characters, one for one: positions stay.</summary>
    internal static string WithoutLoneSurrogates(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) return text;
        var output = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) output.Append(rune.ToString());
        return output.ToString();
    }
}
