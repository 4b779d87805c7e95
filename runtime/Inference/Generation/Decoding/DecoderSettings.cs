using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Loading;
using ConfidentialOperator.Inference.Generation.Tokenizers;

namespace ConfidentialOperator.Inference.Generation.Decoding;

/// <summary>What the files beside a decoder say of it.</summary>
/// <param name="ContextLength">The most tokens of prompt and answer.</param>
/// <param name="EndIds">The tokens that end an answer.</param>
/// <param name="Prefix">The tokens before a plain prompt.</param>
internal sealed record DecoderSettings(int ContextLength, IReadOnlySet<int> EndIds, IReadOnlyList<int> Prefix)
{
    private static readonly string[] s_lengths = ["max_position_embeddings", "n_positions", "n_ctx", "max_seq_len"];

    /// <summary>Reads the settings; throws <see cref="ModelFormatException"/>.</summary>
    public static DecoderSettings Read(JsonElement? config, JsonElement? generation, JsonElement? genAi, JsonElement? tokens, ITokenizer tokenizer)
    {
        JsonElement? genAiModel = genAi?.Member("model");
        int? length = new[] { genAiModel?.Count("context_length"), tokens?.Count("model_max_length") }
            .Concat(s_lengths.Select(name => config?.Count(name))).Min();
        var ends = new HashSet<int>();
        foreach (JsonElement? file in new[] { config, generation, genAiModel }) ends.UnionWith(file?.Ids("eos_token_id") ?? []);
        if (Special(tokens, "eos_token") is { } end && tokenizer.IdOf(end) is { } endId) ends.Add(endId);
        if (ends.Count == 0) throw ModelFormatException.Model("No file of the model names its end token; add eos_token_id to config.json or generation_config.json.");
        return new DecoderSettings(
            length ?? throw ModelFormatException.Model("No file of the model says how many tokens it takes; add max_position_embeddings to config.json."),
            ends,
            Begin(tokens, tokenizer));
    }

    /// <summary>The text of a token of tokenizer_config.json, which is text or an object with the text.</summary>
    public static string? Special(JsonElement? tokens, string name) => tokens?.Text(name) ?? tokens?.Member(name)?.Text("content");

    private static IReadOnlyList<int> Begin(JsonElement? tokens, ITokenizer tokenizer)
    {
        if (tokenizer.Prefix.Count > 0 || tokens?.Flag("add_bos_token") != true) return tokenizer.Prefix;
        return Special(tokens, "bos_token") is { } begin && tokenizer.IdOf(begin) is { } id ? [id] : [];
    }
}
