using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConfidentialOperator.Inference.Generation.Loading;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>Splits a piece of text into smaller ones.</summary>
/// <param name="text">The piece.</param>
internal delegate IEnumerable<string> PreTokenizer(string text);

/// <summary>Reads <c>pre_tokenizer</c> of tokenizer.json.</summary>
internal static class PreTokenizerReader
{
    /// <summary>Reads a pre-tokenizer; null when text is not split.</summary>
    public static PreTokenizer? Read(JsonElement? element)
    {
        if (element is not { } spec) return null;
        string type = spec.Text("type") ?? "";
        return type switch
        {
            "Sequence" => Sequence(spec),
            "ByteLevel" => ByteLevel(spec.Flag("add_prefix_space", true), spec.Flag("use_regex", true)),
            "Digits" => Split(spec.Flag("individual_digits") ? @"\p{N}" : @"\p{N}+", PieceSplit.Isolated),
            "Split" => SplitBy(spec),
            "Punctuation" => PieceSplit.By(IsPunctuation, PieceSplit.Behavior(spec.Text("behavior") ?? "Isolated")),
            "Whitespace" => Split(@"\w+|[^\w\s]+", PieceSplit.Removed, invert: true),
            "WhitespaceSplit" => PieceSplit.By(Rune.IsWhiteSpace, PieceSplit.Removed),
            "BertPreTokenizer" => Join(PieceSplit.By(Rune.IsWhiteSpace, PieceSplit.Removed), PieceSplit.By(IsPunctuation, PieceSplit.Isolated)),
            _ => throw ModelFormatException.Tokenizer($"tokenizer.json: the pre-tokenizer \"{type}\" is not known to this version; use another export."),
        };
    }

    private static PreTokenizer? Sequence(JsonElement spec)
    {
        PreTokenizer[] steps = spec.Member("pretokenizers") is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Select(item => Read(item)).OfType<PreTokenizer>()]
            : [];
        return steps.Length == 0 ? null : steps.Aggregate(Join);
    }

    private static PreTokenizer Join(PreTokenizer first, PreTokenizer second) => text => first(text).SelectMany(piece => second(piece));

    private static PreTokenizer ByteLevel(bool addPrefixSpace, bool useRegex)
    {
        PreTokenizer split = useRegex ? Split(TextPattern.Gpt2, PieceSplit.Isolated) : text => [text];
        return addPrefixSpace ? text => split(text.StartsWith(' ') ? text : " " + text) : split;
    }

    private static PreTokenizer SplitBy(JsonElement spec)
    {
        JsonElement? pattern = spec.Member("pattern");
        string regex = pattern?.Text("String") is { Length: > 0 } literal ? Regex.Escape(literal) : pattern?.Text("Regex") ?? "";
        if (regex.Length == 0) throw ModelFormatException.Tokenizer("tokenizer.json: a Split has no pattern; export the tokenizer again.");
        return Split(regex, PieceSplit.Behavior(spec.Text("behavior") ?? ""), spec.Flag("invert"));
    }

    private static PreTokenizer Split(string pattern, string behavior, bool invert = false)
    {
        var compiled = new TextPattern(TextPattern.Compile(pattern));
        return text => PieceSplit.Apply(text, compiled.Matches(text), behavior, invert);
    }

    private static bool IsPunctuation(Rune rune) => rune.Value is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
            or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation
            or UnicodeCategory.OtherPunctuation;
}
