using System.Globalization;
using System.Text;
using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Loading;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>Reads <c>decoder</c> of tokenizer.json: how the text of a token becomes bytes.</summary>
/// <param name="ToBytes">The bytes of a token that is no mark.</param>
/// <param name="DropFirstSpace">Whether a space at the very beginning is the tokenizer's own.</param>
internal sealed record TokenText(Func<string, byte[]> ToBytes, bool DropFirstSpace)
{
    /// <summary>Reads a decoder.</summary>
    public static TokenText Read(JsonElement? element)
    {
        if (element is not { } spec) return new TokenText(Encoding.UTF8.GetBytes, false);
        string type = spec.Text("type") ?? "";
        return type switch
        {
            "ByteLevel" => new TokenText(ByteAlphabet.Decode, false),
            "WordPiece" => WordPiece(spec.Text("prefix") ?? "##"),
            "Sequence" when spec.Member("decoders") is { ValueKind: JsonValueKind.Array } steps => Sequence(steps),
            _ => throw Unknown(type),
        };
    }

    private static TokenText WordPiece(string prefix) => new(
        token => Encoding.UTF8.GetBytes(token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token), true);

    /// <summary>The sequence of Llama 2 and its kin: a replaced space, bytes written as <c>&lt;0x0A&gt;</c>, a first space that goes.</summary>
    private static TokenText Sequence(JsonElement steps)
    {
        (string From, string To)? replace = null;
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement step in steps.EnumerateArray())
        {
            string type = step.Text("type") ?? "";
            if (type == "Replace") replace = (step.Member("pattern")?.Text("String") ?? throw Unknown(type), step.Text("content") ?? "");
            else if (!IsKnown(type, step)) throw Unknown(type);
            kinds.Add(type);
        }

        if (kinds.Contains("ByteLevel")) return new TokenText(ByteAlphabet.Decode, false);
        bool byteFallback = kinds.Contains("ByteFallback");
        return new TokenText(
            token => byteFallback && Byte(token) is { } value ? [value] : Encoding.UTF8.GetBytes(Replaced(token, replace)), kinds.Contains("Strip"));
    }

    private static bool IsKnown(string type, JsonElement step) => type is "ByteFallback" or "ByteLevel" or "Fuse"
        || (type == "Strip" && step.Text("content") == " " && step.Count("start") == 1 && step.Count("stop") is null);

    private static string Replaced(string token, (string From, string To)? replace) =>
        replace is { From.Length: > 0 } pair ? token.Replace(pair.From, pair.To, StringComparison.Ordinal) : token;

    private static byte? Byte(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : null;

    private static ModelFormatException Unknown(string type) =>
        ModelFormatException.Tokenizer($"tokenizer.json: the decoder \"{type}\" is not known to this version; use another export.");
}
