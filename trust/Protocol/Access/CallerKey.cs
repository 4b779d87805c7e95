using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Access;

/// <summary>
/// The key of a caller: <c>cfm_</c> and URL-safe Base64 of 32 random bytes. Lists hold its SHA-256 only; a key of 256 random bits needs no slow hash.
/// </summary>
public static class CallerKey
{
    private const string Prefix = "cfm_";
    private const int Size = 32;
    private const int TextLength = 43;

    /// <summary>Makes a key; the text is shown once and kept nowhere.</summary>
    public static string Generate() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Size));

    /// <summary>Returns the SHA-256 of the key's bytes; false for a text that is no key.</summary>
    public static bool TryHash(ReadOnlySpan<char> text, [NotNullWhen(true)] out ByteString? sha256)
    {
        sha256 = null;
        Span<byte> key = stackalloc byte[Size + 1];
        bool valid = text.Length == Prefix.Length + TextLength && text.StartsWith(Prefix, StringComparison.Ordinal)
            && Base64UrlText.TryDecode(text[Prefix.Length..], key, out int written) && written == Size;
        sha256 = valid ? ByteString.Sha256(key[..Size]) : null;
        CryptographicOperations.ZeroMemory(key);
        return sha256 is not null;
    }
}
