using System.Text;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>The four normalization forms of Unicode (UAX #15), the same on every host.</summary>
internal static class UnicodeNormalizer
{
    private const int HangulFirst = 0xAC00;
    private const int LeadFirst = 0x1100;
    private const int VowelFirst = 0x1161;
    private const int TailFirst = 0x11A7;
    private const int Vowels = 21;
    private const int Tails = 28;
    private const int Leads = 19;

    /// <summary>Normalizes a text.</summary>
    public static string Normalize(string text, NormalizationForm form)
    {
        if (Ascii.IsValid(text)) return text;
        bool compatibility = form is NormalizationForm.FormKC or NormalizationForm.FormKD;
        var codes = new List<int>(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) Decompose(rune.Value, compatibility, codes);
        Reorder(codes);
        if (form is NormalizationForm.FormC or NormalizationForm.FormKC) Compose(codes);
        var output = new StringBuilder(codes.Count);
        foreach (int code in codes) output.Append(new Rune(code).ToString());
        return output.ToString();
    }

    private static void Decompose(int code, bool compatibility, List<int> output)
    {
        int index = code - HangulFirst;
        if (index is >= 0 and < Leads * Vowels * Tails)
        {
            output.Add(LeadFirst + (index / (Vowels * Tails)));
            output.Add(VowelFirst + (index % (Vowels * Tails) / Tails));
            if (index % Tails != 0) output.Add(TailFirst + (index % Tails));
        }
        else if (UnicodeTables.Instance.Mapping(code, compatibility) is { } mapping)
        {
            foreach (int part in mapping) Decompose(part, compatibility, output);
        }
        else
        {
            output.Add(code);
        }
    }

    /// <summary>Sorts each run of combining marks by class; equal classes keep their order.</summary>
    private static void Reorder(List<int> codes)
    {
        UnicodeTables tables = UnicodeTables.Instance;
        for (int start = 0; start < codes.Count; start++)
        {
            if (tables.Class(codes[start]) == 0) continue;
            int end = start + 1;
            while (end < codes.Count && tables.Class(codes[end]) != 0) end++;
            int[] sorted = [.. codes.GetRange(start, end - start).OrderBy(tables.Class)];
            for (int i = 0; i < sorted.Length; i++) codes[start + i] = sorted[i];
            start = end;
        }
    }

    private static void Compose(List<int> codes)
    {
        UnicodeTables tables = UnicodeTables.Instance;
        int starter = -1;
        int lastClass = -1;
        int written = 0;
        for (int i = 0; i < codes.Count; i++)
        {
            int code = codes[i];
            int combining = tables.Class(code);
            bool reachable = starter >= 0 && (lastClass < combining || lastClass == -1);
            if (reachable && ComposePair(codes[starter], code) is var composed and not 0)
            {
                codes[starter] = composed;
                continue;
            }

            if (combining == 0) starter = written;
            lastClass = combining == 0 ? -1 : combining;
            codes[written++] = code;
        }

        codes.RemoveRange(written, codes.Count - written);
    }

    private static int ComposePair(int first, int second)
    {
        int lead = first - LeadFirst;
        int vowel = second - VowelFirst;
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels) return HangulFirst + (((lead * Vowels) + vowel) * Tails);
        int syllable = first - HangulFirst;
        int tail = second - TailFirst;
        if (syllable is >= 0 and < Leads * Vowels * Tails && syllable % Tails == 0 && tail is > 0 and < Tails) return first + tail;
        return UnicodeTables.Instance.Compose(first, second);
    }
}
