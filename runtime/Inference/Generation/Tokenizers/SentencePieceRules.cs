using ConfidentialOperator.Inference.Generation.Loading;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>Looks into a SentencePiece file for the one thing that the library does not tell.</summary>
internal static class SentencePieceRules
{
    private const int NormalizerSpec = 3;
    private const int PrecompiledCharacterMap = 2;

    /// <summary>Whether the file has a character map, which normalizes by itself.</summary>
    public static bool HasCharacterMap(ReadOnlySpan<byte> file)
    {
        var model = new ProtoReader(file);
        while (model.Read())
        {
            if (model.Field != NormalizerSpec) continue;
            var spec = new ProtoReader(model.Content);
            while (spec.Read())
            {
                if (spec.Field == PrecompiledCharacterMap && !spec.Content.IsEmpty) return true;
            }
        }

        return false;
    }
}
