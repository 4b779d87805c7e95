using System.Globalization;

namespace ConfidentialOperator.Attestation.Rules;

/// <summary>
/// Words of a stranger as they may stand in a verdict: nothing that a terminal would obey. Names in certificates and keysets are chosen by whoever is
/// appraised, and could otherwise paint "accepted" over a refusal.
/// </summary>
internal static class PlainText
{
    private const int Longest = 2048;

    /// <summary>Returns the text with a question mark for each character that cannot be seen, and shortened.</summary>
    public static string Of(string text) =>
        text.Length <= Longest && !HasHidden(text) ? text : new string([.. text.Take(Longest).Select(c => IsHidden(c) ? '?' : c)]);

    private static bool HasHidden(string text)
    {
        foreach (char c in text)
        {
            // Nearly every text is of printable ASCII only, which is seen at once.
            if (c is < ' ' or > '~' && IsHidden(c))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsHidden(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
