using System.Globalization;
using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Loading;

namespace ConfidentialOperator.Inference.Generation.Decoding;

/// <summary>The names of a decoder's tensors: those of genai_config.json where there is one, otherwise those of Optimum and Transformers.js.</summary>
internal sealed class DecoderNames
{
    private static readonly string[] s_pasts = ["past_key_values", "past_names", "past_key_names", "past_value_names"];

    private readonly (string Past, string Present)[] _patterns;

    public DecoderNames(JsonElement? genAi)
    {
        JsonElement decoder = genAi?.Member("model")?.Member("decoder") ?? default;
        JsonElement inputs = decoder.Member("inputs") ?? default;
        JsonElement outputs = decoder.Member("outputs") ?? default;
        File = decoder.Text("filename");
        Ids = inputs.Text("input_ids") ?? "input_ids";
        Mask = inputs.Text("attention_mask") ?? "attention_mask";
        Positions = inputs.Text("position_ids") ?? "position_ids";
        Logits = outputs.Text("logits") ?? "logits";
        _patterns = [.. s_pasts.Select(past => (inputs.Text(past), outputs.Text(past.Replace("past", "present", StringComparison.Ordinal))))
            .Where(pair => pair is { Item1: not null, Item2: not null }).Select(pair => (pair.Item1!, pair.Item2!))];
    }

    /// <summary>Gets the file of the decoder, if one is named.</summary>
    public string? File { get; }

    public string Ids { get; }

    public string Mask { get; }

    public string Positions { get; }

    public string Logits { get; }

    /// <summary>The output that comes back as an input; null when none of the outputs does.</summary>
    public string? PresentOf(string past, IReadOnlyList<string> outputs)
    {
        IEnumerable<string> candidates = _patterns.Select(pattern => FromPattern(pattern, past)).OfType<string>();
        if (past.StartsWith("past_key_values", StringComparison.Ordinal)) candidates = candidates.Append("present" + past["past_key_values".Length..]);
        if (past.StartsWith("past", StringComparison.Ordinal)) candidates = candidates.Append("present" + past["past".Length..]);
        return candidates.FirstOrDefault(outputs.Contains);
    }

    /// <summary>The present's name when the past's name is the pattern with a number in it.</summary>
    private static string? FromPattern((string Past, string Present) pattern, string past)
    {
        string[] halves = pattern.Past.Split("%d");
        if (halves.Length != 2 || past.Length <= halves[0].Length + halves[1].Length) return null;
        if (!past.StartsWith(halves[0], StringComparison.Ordinal) || !past.EndsWith(halves[1], StringComparison.Ordinal)) return null;
        string number = past[halves[0].Length..^halves[1].Length];
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? pattern.Present.Replace("%d", number, StringComparison.Ordinal) : null;
    }
}
