using System.Globalization;
using System.Text;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>What BERT does to a text before it is split.</summary>
internal sealed class BertNormalizer(bool cleanText, bool spaceIdeographs, bool lowercase, bool? stripAccents)
{
    /// <summary>Normalizes a text.</summary>
    public string Normalize(string text)
    {
        if (cleanText) text = Clean(text);
        if (spaceIdeographs) text = SpaceIdeographs(text);
        if (stripAccents ?? lowercase) text = StripMarks(UnicodeNormalizer.Normalize(text, NormalizationForm.FormD));
        return lowercase ? TextCase.ToLower(text) : text;
    }

    /// <summary>Drops the combining marks of a decomposed text.</summary>
    public static string StripMarks(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var output = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark) output.Append(rune.ToString());
        }

        return output.ToString();
    }

    private static string Clean(string text)
    {
        var output = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value is '\t' or '\n' or '\r') output.Append(' ');
            else if (rune.Value is not (0 or 0xFFFD) && !IsControl(rune)) output.Append(Rune.IsWhiteSpace(rune) ? " " : rune.ToString());
        }

        return output.ToString();
    }

    private static bool IsControl(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static string SpaceIdeographs(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var output = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsIdeograph(rune.Value)) output.Append(' ').Append(rune.ToString()).Append(' ');
            else output.Append(rune.ToString());
        }

        return output.ToString();
    }

    private static bool IsIdeograph(int code) => code is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x2F800 and <= 0x2FA1F);
}
