using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ConfidentialOperator.Inference.Generation.Loading;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>
/// Matches a pattern over code points. .NET's expressions see the two halves of a character outside the first plane, so such characters are
/// given a stand-in of the same category for the match.
/// </summary>
internal sealed class TextPattern(Regex regex)
{
    /// <summary>The split of GPT-2, which ByteLevel applies by itself.</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>Compiles a pattern of a tokenizer's file.</summary>
    public static Regex Compile(string? pattern)
    {
        try
        {
            return new Regex(
                pattern ?? throw ModelFormatException.Tokenizer("tokenizer.json: a pattern has neither String nor Regex; export the tokenizer again."),
                RegexOptions.CultureInvariant | RegexOptions.Compiled);
        }
        catch (ArgumentException)
        {
            throw ModelFormatException.Tokenizer("tokenizer.json: a pattern is not a regular expression that this version can read; use another export.");
        }
    }

    /// <summary>The matches of a text, in order, none empty, as positions in the text.</summary>
    public IEnumerable<Range> Matches(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            foreach (Match match in regex.Matches(text))
            {
                if (match.Length > 0) yield return match.Index..(match.Index + match.Length);
            }

            yield break;
        }

        (string shadow, int[] starts) = Shadow(text);
        foreach (Match match in regex.Matches(shadow))
        {
            if (match.Length > 0) yield return starts[match.Index]..starts[match.Index + match.Length];
        }
    }

    private static (string Shadow, int[] Starts) Shadow(string text)
    {
        var shadow = new StringBuilder(text.Length);
        var starts = new List<int>(text.Length + 1);
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            starts.Add(at);
            shadow.Append(rune.IsBmp ? (char)rune.Value : StandIn(Rune.GetUnicodeCategory(rune)));
            at += rune.Utf16SequenceLength;
        }

        starts.Add(at);
        return (shadow.ToString(), [.. starts]);
    }

    private static char StandIn(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => '\uA640',
        UnicodeCategory.LowercaseLetter => '\uA641',
        UnicodeCategory.OtherLetter => '\uA000',
        UnicodeCategory.ModifierLetter => '\uA015',
        UnicodeCategory.DecimalDigitNumber => '\uA620',
        UnicodeCategory.LetterNumber => '\uA6E6',
        UnicodeCategory.OtherNumber => '\uA830',
        UnicodeCategory.NonSpacingMark => '\uA66F',
        UnicodeCategory.SpacingCombiningMark => '\uA823',
        UnicodeCategory.OtherPunctuation => '\uA60D',
        UnicodeCategory.MathSymbol => '\u2201',
        UnicodeCategory.Format => '\uFFF9',
        UnicodeCategory.PrivateUse => '\uE000',
        UnicodeCategory.OtherNotAssigned => '\uFFF0',
        UnicodeCategory.DashPunctuation => '\u2015',
        UnicodeCategory.ModifierSymbol => '\uA700',
        UnicodeCategory.CurrencySymbol => '\u20A0',
        _ => '\uA490',
    };
}
