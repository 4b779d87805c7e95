using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Tokenizers;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Generation.Loading;

/// <summary>Finds and reads the tokenizer of a model.</summary>
internal static class TokenizerFiles
{
    private static readonly string[] s_sentencePiece = ["spiece.model", "tokenizer.model", "sentencepiece.bpe.model"];

    /// <summary>Reads the tokenizer of a decoder; throws <see cref="ModelFormatException"/>. Only tokenizer.json tells its marks.</summary>
    public static ITokenizer ReadForDecoder(ModelFiles files) =>
        FromJson(files) ?? throw ModelFormatException.Tokenizer("The model has no tokenizer.json, which a decoder needs; seal a folder that has it.");

    /// <summary>Reads tokenizer.json, or a SentencePiece file where there is none; throws <see cref="ModelFormatException"/>.</summary>
    public static ITokenizer Read(ModelFiles files)
    {
        if (FromJson(files) is { } tokenizer) return tokenizer;
        foreach (string name in s_sentencePiece)
        {
            if (files.TryGet(name, out ReadOnlyMemory<byte> content)) return SentencePieceText.Read(name, content);
        }

        throw ModelFormatException.Tokenizer("The model has neither tokenizer.json nor spiece.model; seal a folder that has one of them.");
    }

    private static JsonTokenizer? FromJson(ModelFiles files)
    {
        using JsonDocument? document = ModelJson.Read(files, "tokenizer.json", RefusalReason.TokenizerInvalid);
        return document is null ? null : JsonTokenizer.Read(document.RootElement);
    }
}
