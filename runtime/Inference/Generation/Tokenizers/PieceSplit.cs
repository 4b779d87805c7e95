using System.Text;
using ConfidentialOperator.Inference.Generation.Loading;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>What happens to the delimiters of a split; the words are those of tokenizer.json.</summary>
internal static class PieceSplit
{
    public const string Isolated = "Isolated";
    public const string Removed = "Removed";
    private const string MergedWithPrevious = "MergedWithPrevious";
    private const string MergedWithNext = "MergedWithNext";
    private const string Contiguous = "Contiguous";

    /// <summary>Checks the word.</summary>
    public static string Behavior(string word) => word is Isolated or Removed or MergedWithPrevious or MergedWithNext or Contiguous
        ? word
        : throw ModelFormatException.Tokenizer($"tokenizer.json: the split behavior \"{word}\" is not known to this version; use another export.");

    /// <summary>A split at each character of a kind.</summary>
    public static PreTokenizer By(Func<Rune, bool> isDelimiter, string behavior) => text => Apply(text, Delimiters(text, isDelimiter), behavior, false);

    /// <summary>Splits a text at the matches of a pattern (inverted: between them).</summary>
    public static IEnumerable<string> Apply(string text, IEnumerable<Range> matches, string behavior, bool invert)
    {
        var parts = new List<(int Start, int End, bool Delimiter)>();
        int at = 0;
        foreach (Range match in matches)
        {
            int start = match.Start.Value;
            if (start > at) parts.Add((at, start, invert));
            parts.Add((start, match.End.Value, !invert));
            at = match.End.Value;
        }

        if (at < text.Length) parts.Add((at, text.Length, invert));
        return Join(parts, behavior).Select(part => text[part.Start..part.End]);
    }

    private static IEnumerable<(int Start, int End)> Join(List<(int Start, int End, bool Delimiter)> parts, string behavior)
    {
        (int Start, int End, bool Delimiter)? held = null;
        foreach ((int Start, int End, bool Delimiter) part in parts)
        {
            if (behavior == Removed && part.Delimiter) continue;
            if (held is not { } before)
            {
                held = part;
            }
            else if (Belongs(before.Delimiter, part.Delimiter, behavior) && before.End == part.Start)
            {
                held = (before.Start, part.End, part.Delimiter);
            }
            else
            {
                yield return (before.Start, before.End);
                held = part;
            }
        }

        if (held is { } last) yield return (last.Start, last.End);
    }

    private static bool Belongs(bool before, bool current, string behavior) => behavior switch
    {
        MergedWithPrevious => current && !before,
        MergedWithNext => before && !current,
        Contiguous => before == current,
        _ => false,
    };

    private static IEnumerable<Range> Delimiters(string text, Func<Rune, bool> isDelimiter)
    {
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int end = at + rune.Utf16SequenceLength;
            if (isDelimiter(rune)) yield return at..end;
            at = end;
        }
    }
}
