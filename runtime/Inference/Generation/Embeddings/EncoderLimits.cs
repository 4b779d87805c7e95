using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Loading;
using ConfidentialOperator.Inference.Generation.Tokenizers;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Generation.Embeddings;

/// <summary>The limits of an encoder, from the files beside it.</summary>
/// <param name="Tokens">The most tokens of a text, with the marks around it.</param>
/// <param name="Cuts">Whether a longer text is cut, because the model's own files say so; otherwise it is refused.</param>
/// <param name="Padding">The id that fills short rows.</param>
internal sealed record EncoderLimits(int Tokens, bool Cuts, int Padding)
{
    private const int Default = 512;

    /// <summary>Reads the limits; the smallest that any file names counts.</summary>
    public static EncoderLimits Read(ModelFiles files, ITokenizer tokenizer)
    {
        using JsonDocument? sentence = ModelJson.Read(files, "sentence_bert_config.json", RefusalReason.ModelInvalid);
        using JsonDocument? tokens = ModelJson.Read(files, "tokenizer_config.json", RefusalReason.TokenizerInvalid);
        using JsonDocument? config = ModelJson.Read(files, "config.json", RefusalReason.ModelInvalid);
        int? declared = sentence?.RootElement.Count("max_seq_length");
        int? smallest = new[]
        {
            declared, tokenizer.CutAt, tokens?.RootElement.Count("model_max_length"), config?.RootElement.Count("max_position_embeddings"),
        }.Min();
        string padding = tokens?.RootElement.Text("pad_token") ?? "[PAD]";
        int limit = smallest ?? Default;
        if (limit <= tokenizer.Prefix.Count + tokenizer.Suffix.Count)
            throw ModelFormatException.Model($"The files of the model allow {limit} tokens, which leaves no room for text; correct max_seq_length.");
        return new EncoderLimits(limit, declared is not null || tokenizer.CutAt is not null, tokenizer.IdOf(padding) ?? 0);
    }
}
