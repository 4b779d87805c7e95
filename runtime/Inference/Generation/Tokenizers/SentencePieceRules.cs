using Google.Protobuf;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>Looks into a SentencePiece file for the one thing that the library does not tell.</summary>
internal static class SentencePieceRules
{
    private const int NormalizerSpec = 3;
    private const int PrecompiledCharacterMap = 2;

    /// <summary>Whether the file has a character map, which normalizes by itself.</summary>
    public static bool HasCharacterMap(ReadOnlySpan<byte> file)
    {
        using var input = new CodedInputStream(file.ToArray());
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) != NormalizerSpec) input.SkipLastField();
            else if (HasMap(input.ReadBytes())) return true;
        }

        return false;
    }

    private static bool HasMap(ByteString spec)
    {
        using CodedInputStream input = spec.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) == PrecompiledCharacterMap) return input.ReadLength() > 0;
            input.SkipLastField();
        }

        return false;
    }
}
