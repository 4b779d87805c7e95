using System.Text;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>Decodes ids through the bytes of their tokens; what is not yet a whole character waits for the next id.</summary>
/// <param name="bytes">The bytes of an id; null for marks and unknown ids.</param>
/// <param name="dropFirstSpace">Whether a space at the very beginning is the tokenizer's own.</param>
internal sealed class TokenDecoder(Func<int, byte[]?> bytes, bool dropFirstSpace) : ITokenDecoder
{
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private bool _begun = !dropFirstSpace;

    /// <inheritdoc/>
    public string Append(int id)
    {
        if (bytes(id) is not { Length: > 0 } source) return "";
        ReadOnlySpan<byte> rest = source;
        if (!_begun && rest[0] == ' ') rest = rest[1..];
        _begun = true;
        var characters = new char[_utf8.GetCharCount(rest, flush: false)];
        int count = _utf8.GetChars(rest, characters, flush: false);
        return new string(characters, 0, count);
    }
}
