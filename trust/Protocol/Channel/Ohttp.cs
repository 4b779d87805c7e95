using System.Security.Cryptography;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>Names and key derivations of Oblivious HTTP (RFC 9458 section 4, draft-ietf-ohai-chunked-ohttp section 6).</summary>
public static class Ohttp
{
    /// <summary>The media type of a whole request.</summary>
    public const string RequestMediaType = "message/ohttp-req";

    /// <summary>The media type of a whole response.</summary>
    public const string ResponseMediaType = "message/ohttp-res";

    /// <summary>The media type of a chunked request.</summary>
    public const string ChunkedRequestMediaType = "message/ohttp-chunked-req";

    /// <summary>The media type of a chunked response.</summary>
    public const string ChunkedResponseMediaType = "message/ohttp-chunked-res";

    /// <summary>The problem type that tells a client to fetch the keys again.</summary>
    public const string KeyProblemType = "https://iana.org/assignments/http-problem-types#ohttp-key";

    /// <summary>The most plaintext that is put into one chunk: every receiver takes this much.</summary>
    public const int ChunkSize = 16 * 1024;

    /// <summary>The most plaintext that is taken in one chunk.</summary>
    public const int LongestChunk = 64 * 1024;

    internal static ReadOnlySpan<byte> FinalMarker => "final"u8;

    /// <summary>Returns the media type of requests in a format.</summary>
    public static string RequestType(SealedFormat format) => format == SealedFormat.Chunked ? ChunkedRequestMediaType : RequestMediaType;

    /// <summary>Returns the media type of responses in a format.</summary>
    public static string ResponseType(SealedFormat format) => format == SealedFormat.Chunked ? ChunkedResponseMediaType : ResponseMediaType;

    /// <summary>Tells the format of a request by its media type; parameters are ignored.</summary>
    public static bool TryFormatOfRequest(string? contentType, out SealedFormat format)
    {
        string type = contentType?.Split(';')[0].Trim() ?? "";
        format = type.Equals(ChunkedRequestMediaType, StringComparison.OrdinalIgnoreCase) ? SealedFormat.Chunked : SealedFormat.Whole;
        return format == SealedFormat.Chunked || type.Equals(RequestMediaType, StringComparison.OrdinalIgnoreCase);
    }

    internal static byte[] RequestInfo(SealedFormat format, ReadOnlySpan<byte> header) => format == SealedFormat.Chunked
        ? [.. "message/bhttp chunked request"u8, 0, .. header]
        : [.. "message/bhttp request"u8, 0, .. header];

    internal static int ResponseNonceLength(HpkeAead aead) => Math.Max(aead.KeyLength(), HpkeAeadExtensions.NonceLength);

    /// <summary>The keys of the answer come from the request's context, so that only its sender can read it.</summary>
    internal static AeadCipher ResponseCipher(HpkeContext context, SealedFormat format, ReadOnlySpan<byte> nonce)
    {
        ReadOnlySpan<byte> label = format == SealedFormat.Chunked ? "message/bhttp chunked response"u8 : "message/bhttp response"u8;
        using SecretKey secret = context.Export(label, ResponseNonceLength(context.Aead));
        byte[] salt = [.. context.Encapsulated.Span, .. nonce];
        Span<byte> pseudorandom = stackalloc byte[HpkeLabels.HashLength];
        Span<byte> key = stackalloc byte[context.Aead.KeyLength()];
        Span<byte> baseNonce = stackalloc byte[HpkeAeadExtensions.NonceLength];
        HKDF.Extract(HashAlgorithmName.SHA256, secret.Span, salt, pseudorandom);
        HKDF.Expand(HashAlgorithmName.SHA256, pseudorandom, key, "key"u8);
        HKDF.Expand(HashAlgorithmName.SHA256, pseudorandom, baseNonce, "nonce"u8);
        var cipher = new AeadCipher(context.Aead, key, baseNonce);
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(pseudorandom);
        return cipher;
    }
}
