using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol.Json;
using ConfidentialOperator.Protocol.Secrets;
using B64 = System.Buffers.Text.Base64Url;

namespace ConfidentialOperator.Protocol.Kbs;

/// <summary>
/// A secret sealed for a guest's key: flattened JWE JSON (RFC 7516 section 7.2.2) with A256GCM. The protected header is written by hand: guests
/// rebuild it before they check the tag, so its order (alg, enc, epk; crv, kty, x, y) and its lack of escapes are part of the format.
/// </summary>
public static class Jwe
{
    /// <summary>The most bytes that a JWE may have.</summary>
    public const int Longest = 2 * 1024 * 1024;

    private const string Encryption = "A256GCM";
    private const int KeySize = 32;
    private const int IvSize = 12;
    private const int TagSize = 16;
    private const int LongestHeader = 2048;

    /// <summary>Seals a secret.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> value, TeePublicKey recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        using SecretKey contentKey = SecretKey.Generate(KeySize);
        (string header, byte[] encryptedKey) = recipient.Ec is { } point ? WrapForPoint(contentKey, point) : WrapForRsa(contentKey, recipient.Rsa!.Value);
        string protectedHeader = B64.EncodeToString(Encoding.UTF8.GetBytes(header));
        byte[] iv = RandomNumberGenerator.GetBytes(IvSize);
        byte[] ciphertext = new byte[value.Length];
        byte[] tag = new byte[TagSize];
        using var cipher = new AesGcm(contentKey.Span, TagSize);
        cipher.Encrypt(iv, value, ciphertext, tag, Encoding.ASCII.GetBytes(protectedHeader));
        return Encoding.ASCII.GetBytes(
            $$"""{"protected":"{{protectedHeader}}","encrypted_key":"{{B64.EncodeToString(encryptedKey)}}","iv":"{{B64.EncodeToString(iv)}}","ciphertext":"{{B64.EncodeToString(ciphertext)}}","tag":"{{B64.EncodeToString(tag)}}"}""");
    }

    /// <summary>Opens a JWE with the guest's private key, which must be on P-256 or P-521.</summary>
    public static bool TryOpen(ReadOnlyMemory<byte> utf8, ECDiffieHellman key,
        [NotNullWhen(true)] out SecretKey? value, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(key);
        value = null;
        if (!StrictJson.TryRead(utf8, "sealed secret", Longest, ReadParts, out Parts? parts, out refusal)
            || !StrictJson.TryRead(B64.DecodeFromChars(parts.Header), "sealed secret's header", LongestHeader, ReadEphemeralKey, out TeePublicKey? ephemeral, out refusal))
        {
            return false;
        }

        value = Open(parts, key, ephemeral);
        refusal = value is not null ? null : new(RefusalReason.ModelKeyWrong, "The secret is not sealed to this guest's key, or was changed.");
        return value is not null;
    }

    /// <summary>Concat KDF (RFC 7518 section 4.6.2) with SHA-256 over the shared secret, for a key of 256 bits.</summary>
    internal static byte[] DeriveWrappingKey(ReadOnlySpan<byte> shared)
    {
        ReadOnlySpan<byte> algorithm = "ECDH-ES+A256KW"u8;
        byte[] input = GC.AllocateArray<byte>(4 + shared.Length + 4 + algorithm.Length + 12, pinned: true);
        Span<byte> rest = input;
        BinaryPrimitives.WriteUInt32BigEndian(rest, 1);
        shared.CopyTo(rest[4..]);
        rest = rest[(4 + shared.Length)..];
        BinaryPrimitives.WriteUInt32BigEndian(rest, (uint)algorithm.Length);
        algorithm.CopyTo(rest[4..]);
        BinaryPrimitives.WriteUInt32BigEndian(rest[^4..], KeySize * 8);
        byte[] key = GC.AllocateArray<byte>(KeySize, pinned: true);
        SHA256.HashData(input, key);
        CryptographicOperations.ZeroMemory(input);
        return key;
    }

    private static (string Header, byte[] EncryptedKey) WrapForPoint(SecretKey contentKey, ECParameters point)
    {
        using ECDiffieHellman ephemeral = ECDiffieHellman.Create(point.Curve);
        ECPoint own = ephemeral.ExportParameters(includePrivateParameters: false).Q;
        string curve = own.X!.Length == 32 ? "P-256" : "P-521";
        string key = $$"""{"crv":"{{curve}}","kty":"EC","x":"{{B64.EncodeToString(own.X)}}","y":"{{B64.EncodeToString(own.Y)}}"}""";
        string header = $"{{\"alg\":\"{TeePublicKey.EcAlgorithm}\",\"enc\":\"{Encryption}\",\"epk\":{key}}}";
        byte[] wrappingKey = Agree(ephemeral, point);
        byte[] wrapped = KeyWrap.Wrap(wrappingKey, contentKey.Span);
        CryptographicOperations.ZeroMemory(wrappingKey);
        return (header, wrapped);
    }

    private static (string Header, byte[] EncryptedKey) WrapForRsa(SecretKey contentKey, RSAParameters key)
    {
        using RSA rsa = RSA.Create(key);
        byte[] encrypted = rsa.Encrypt(contentKey.Span, RSAEncryptionPadding.OaepSHA256);
        return ($$"""{"alg":"{{TeePublicKey.RsaAlgorithm}}","enc":"{{Encryption}}"}""", encrypted);
    }

    private static byte[] Agree(ECDiffieHellman own, ECParameters other)
    {
        using ECDiffieHellman peer = ECDiffieHellman.Create(other);
        byte[] shared = own.DeriveRawSecretAgreement(peer.PublicKey);
        byte[] wrappingKey = DeriveWrappingKey(shared);
        CryptographicOperations.ZeroMemory(shared);
        return wrappingKey;
    }

    private static SecretKey? Open(Parts parts, ECDiffieHellman key, TeePublicKey ephemeral)
    {
        if (ephemeral.Ec is not { } point || key.KeySize != (point.Q.X!.Length == 32 ? 256 : 521))
        {
            return null;
        }

        byte[] wrappingKey = Agree(key, point);
        byte[]? contentKey = KeyWrap.Unwrap(wrappingKey, parts.EncryptedKey);
        CryptographicOperations.ZeroMemory(wrappingKey);
        if (contentKey is not { Length: KeySize })
        {
            return null;
        }

        try
        {
            using var cipher = new AesGcm(contentKey, TagSize);
            return SecretKey.Create(parts.Ciphertext.Length, plaintext =>
                cipher.Decrypt(parts.Iv, parts.Ciphertext, parts.Tag, plaintext, Encoding.ASCII.GetBytes(parts.Header)));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(contentKey);
        }
    }

    private static Parts ReadParts(StrictObject given)
    {
        byte[] iv = given.Base64Url("iv", IvSize);
        byte[] tag = given.Base64Url("tag", TagSize);
        if (iv.Length != IvSize || tag.Length != TagSize)
        {
            given.Fail("iv", $"must be {IvSize} bytes, with a tag of {TagSize} bytes");
        }

        _ = given.Base64Url("protected", LongestHeader);
        return new Parts(given.Text("protected"), given.Base64Url("encrypted_key", KeySize + 8), iv, given.Base64Url("ciphertext", Longest), tag);
    }

    private static TeePublicKey? ReadEphemeralKey(StrictObject header)
    {
        header.Literal("alg", TeePublicKey.EcAlgorithm);
        header.Literal("enc", Encryption);
        return TeePublicKey.ReadPoint(header.Child("epk"));
    }

    private sealed record Parts(string Header, byte[] EncryptedKey, byte[] Iv, byte[] Ciphertext, byte[] Tag);
}
