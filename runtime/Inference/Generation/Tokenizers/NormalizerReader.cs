using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConfidentialOperator.Inference.Generation.Loading;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>Reads <c>normalizer</c> of tokenizer.json.</summary>
internal static class NormalizerReader
{
    /// <summary>Reads a normalizer; null when text stays as it is.</summary>
    public static Func<string, string>? Read(JsonElement? element)
    {
        if (element is not { } spec) return null;
        string type = spec.Text("type") ?? "";
        return type switch
        {
            "NFC" => text => UnicodeNormalizer.Normalize(text, NormalizationForm.FormC),
            "NFD" => text => UnicodeNormalizer.Normalize(text, NormalizationForm.FormD),
            "NFKC" => text => UnicodeNormalizer.Normalize(text, NormalizationForm.FormKC),
            "NFKD" => text => UnicodeNormalizer.Normalize(text, NormalizationForm.FormKD),
            "Lowercase" => TextCase.ToLower,
            "StripAccents" => BertNormalizer.StripMarks,
            "Strip" => Strip(spec.Flag("strip_left"), spec.Flag("strip_right")),
            "Prepend" => Prepend(spec.Text("prepend") ?? ""),
            "Replace" => Replace(spec),
            "BertNormalizer" => new BertNormalizer(
                spec.Flag("clean_text", true), spec.Flag("handle_chinese_chars", true), spec.Flag("lowercase", true), spec.Member("strip_accents")?.GetBoolean()).Normalize,
            "Sequence" => Sequence(spec),
            _ => throw ModelFormatException.Tokenizer($"tokenizer.json: the normalizer \"{type}\" is not known to this version; use another export."),
        };
    }

    private static Func<string, string>? Sequence(JsonElement spec)
    {
        Func<string, string>[] steps = spec.Member("normalizers") is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Select(item => Read(item)).OfType<Func<string, string>>()]
            : [];
        return steps.Length == 0 ? null : text => steps.Aggregate(text, (current, step) => step(current));
    }

    private static Func<string, string> Strip(bool left, bool right) => text =>
    {
        if (left) text = text.TrimStart();
        return right ? text.TrimEnd() : text;
    };

    private static Func<string, string> Prepend(string prefix) => text => text.Length == 0 ? text : prefix + text;

    private static Func<string, string> Replace(JsonElement spec)
    {
        string content = spec.Text("content") ?? "";
        JsonElement? pattern = spec.Member("pattern");
        if (pattern?.Text("String") is { Length: > 0 } literal) return text => text.Replace(literal, content, StringComparison.Ordinal);
        Regex regex = TextPattern.Compile(pattern?.Text("Regex"));
        return text => regex.Replace(text, _ => content);
    }
}
