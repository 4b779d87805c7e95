using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.KeyBroker.Tests.Running;

/// <summary>Opens a flattened JWE (ECDH-ES+A256KW, A256GCM) from the text of RFC 7516 and RFC 7518, without the product's code.</summary>
internal static class JweReader
{
    public static byte[] Open(string jwe, ECDiffieHellman key)
    {
        JsonObject parts = JsonNode.Parse(jwe)!.AsObject();
        string header = parts["protected"]!.GetValue<string>();
        JsonObject epk = JsonNode.Parse(Base64Url.DecodeFromChars(header))!["epk"]!.AsObject();
        using ECDiffieHellman other = ECDiffieHellman.Create(new ECParameters
        {
            Curve = key.ExportParameters(false).Curve,
            Q = new ECPoint { X = Part(epk, "x"), Y = Part(epk, "y") },
        });
        byte[] contentKey = Unwrap(ConcatKdf(key.DeriveRawSecretAgreement(other.PublicKey)), Part(parts, "encrypted_key"));
        byte[] ciphertext = Part(parts, "ciphertext");
        byte[] plaintext = new byte[ciphertext.Length];
        using var cipher = new AesGcm(contentKey, 16);
        cipher.Decrypt(Part(parts, "iv"), ciphertext, Part(parts, "tag"), plaintext, Encoding.ASCII.GetBytes(header));
        return plaintext;
    }

    private static byte[] Part(JsonObject parts, string name) => Base64Url.DecodeFromChars(parts[name]!.GetValue<string>());

    private static byte[] ConcatKdf(byte[] shared) => SHA256.HashData(
        [0, 0, 0, 1, .. shared, 0, 0, 0, 14, .. "ECDH-ES+A256KW"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);

    private static byte[] Unwrap(byte[] wrappingKey, byte[] wrapped)
    {
        using Aes aes = Aes.Create();
        aes.Key = wrappingKey;
        byte[] a = wrapped[..8];
        byte[] r = wrapped[8..];
        int n = r.Length / 8;
        for (int t = 6 * n; t >= 1; t--)
        {
            int i = (t - 1) % n * 8;
            BinaryPrimitives.WriteUInt64BigEndian(a, BinaryPrimitives.ReadUInt64BigEndian(a) ^ (ulong)t);
            byte[] block = aes.DecryptEcb((byte[])[.. a, .. r[i..(i + 8)]], PaddingMode.None);
            a = block[..8];
            block[8..].CopyTo(r, i);
        }

        Assert.All(a, value => Assert.Equal(0xA6, value));
        return r;
    }
}
