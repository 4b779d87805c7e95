using System.Buffers;
using System.Buffers.Text;

namespace ConfidentialOperator.Protocol.Json;

/// <summary>URL-safe Base64 of strangers. The platform's own Try method throws for characters that are none of Base64; this one does not.</summary>
public static class Base64UrlText
{
    /// <summary>Decodes a text without padding; there is one text only for the bytes, so the last character's unused bits must be zero.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int written)
    {
        bool decoded = Base64Url.DecodeFromChars(text, destination, out int consumed, out written) == OperationStatus.Done && consumed == text.Length;
        return decoded && Base64Url.GetEncodedLength(written) == text.Length && IsCanonical(text, destination[..written]);
    }

    /// <summary>Returns whether Base64 with its padding, of exactly these bytes, has no other characters and no bit set that means nothing.</summary>
    internal static bool IsTheOnlyText(ReadOnlySpan<char> text, ReadOnlySpan<byte> bytes)
    {
        char[] again = ArrayPool<char>.Shared.Rent(text.Length);
        bool same = Convert.TryToBase64Chars(bytes, again, out int length) && text.SequenceEqual(again.AsSpan(0, length));
        ArrayPool<char>.Shared.Return(again, clearArray: true);
        return same;
    }

    private static bool IsCanonical(ReadOnlySpan<char> text, ReadOnlySpan<byte> bytes)
    {
        int rest = bytes.Length % 3;
        if (rest == 0)
        {
            return true;
        }

        Span<char> last = stackalloc char[4];
        return Base64Url.TryEncodeToChars(bytes[^rest..], last, out int length) && text[^length..].SequenceEqual(last[..length]);
    }
}
