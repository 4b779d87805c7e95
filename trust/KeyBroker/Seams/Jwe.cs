using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary>
/// Seals a resource for a guest's key as flattened JWE JSON (RFC 7516) with A256GCM. The protected header is written by hand: guests rebuild
/// it before they check the tag, so its order (alg, enc, epk; crv, kty, x, y) and its lack of escapes are part of the format.
/// </summary>
internal static class Jwe
{
    private const int KeySize = 32;

    public static byte[] Seal(SecretKey value, TeePublicKey recipient)
    {
        byte[] contentKey = GC.AllocateUninitializedArray<byte>(KeySize, pinned: true);
        RandomNumberGenerator.Fill(contentKey);
        try
        {
            (string header, byte[] encryptedKey) = recipient.Ec is ECParameters point
                ? WrapForPoint(contentKey, point)
                : WrapForRsa(contentKey, recipient.Rsa!.Value);
            return Encrypt(value.Span, contentKey, Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header)), encryptedKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(contentKey);
        }
    }

    /// <summary>ECDH-ES+A256KW (RFC 7518 section 4.6): Concat KDF with SHA-256 over the shared secret, then AES key wrap.</summary>
    public static byte[] DeriveWrappingKey(ReadOnlySpan<byte> shared)
    {
        ReadOnlySpan<byte> algorithm = "ECDH-ES+A256KW"u8;
        byte[] input = GC.AllocateUninitializedArray<byte>(4 + shared.Length + 4 + algorithm.Length + 12, pinned: true);
        Span<byte> rest = input;
        BinaryPrimitives.WriteUInt32BigEndian(rest, 1);
        shared.CopyTo(rest[4..]);
        rest = rest[(4 + shared.Length)..];
        BinaryPrimitives.WriteUInt32BigEndian(rest, (uint)algorithm.Length);
        algorithm.CopyTo(rest[4..]);
        rest = rest[(4 + algorithm.Length)..];
        rest[..8].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(rest[8..], KeySize * 8);
        byte[] key = SHA256.HashData(input);
        CryptographicOperations.ZeroMemory(input);
        return key;
    }

    private static (string Header, byte[] EncryptedKey) WrapForPoint(byte[] contentKey, ECParameters point)
    {
        using ECDiffieHellman ephemeral = ECDiffieHellman.Create(point.Curve);
        using ECDiffieHellman other = ECDiffieHellman.Create(point);
        byte[] shared = ephemeral.DeriveRawSecretAgreement(other.PublicKey);
        byte[] wrappingKey = DeriveWrappingKey(shared);
        ECPoint own = ephemeral.ExportParameters(includePrivateParameters: false).Q;
        string curve = point.Q.X!.Length == 32 ? "P-256" : "P-521";
        string key = $$"""{"crv":"{{curve}}","kty":"EC","x":"{{Base64Url.EncodeToString(own.X)}}","y":"{{Base64Url.EncodeToString(own.Y)}}"}""";
        string header = "{\"alg\":\"ECDH-ES+A256KW\",\"enc\":\"A256GCM\",\"epk\":" + key + "}";
        byte[] wrapped = KeyWrap.Wrap(wrappingKey, contentKey);
        CryptographicOperations.ZeroMemory(shared);
        CryptographicOperations.ZeroMemory(wrappingKey);
        return (header, wrapped);
    }

    private static (string Header, byte[] EncryptedKey) WrapForRsa(byte[] contentKey, RSAParameters key)
    {
        using RSA rsa = RSA.Create(key);
        return ("""{"alg":"RSA-OAEP-256","enc":"A256GCM"}""", rsa.Encrypt(contentKey, RSAEncryptionPadding.OaepSHA256));
    }

    private static byte[] Encrypt(ReadOnlySpan<byte> value, byte[] contentKey, string header, byte[] encryptedKey)
    {
        byte[] iv = RandomNumberGenerator.GetBytes(12);
        byte[] ciphertext = new byte[value.Length];
        byte[] tag = new byte[16];
        using var cipher = new AesGcm(contentKey, tag.Length);
        cipher.Encrypt(iv, value, ciphertext, tag, Encoding.ASCII.GetBytes(header));
        return Encoding.ASCII.GetBytes(
            $$"""{"protected":"{{header}}","encrypted_key":"{{Base64Url.EncodeToString(encryptedKey)}}","iv":"{{Base64Url.EncodeToString(iv)}}","ciphertext":"{{Base64Url.EncodeToString(ciphertext)}}","tag":"{{Base64Url.EncodeToString(tag)}}"}""");
    }
}
