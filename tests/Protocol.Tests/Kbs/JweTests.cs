using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Secrets;
using B64 = System.Buffers.Text.Base64Url;

namespace ConfidentialOperator.Protocol.Tests.Kbs;

/// <summary>What the broker seals, only the guest's key opens; the text is the one that existing guests rebuild.</summary>
public sealed class JweTests
{
    [Theory]
    [InlineData("P-256", 0)]
    [InlineData("P-256", 32)]
    [InlineData("P-521", 100_000)]
    public void ASecretComesBack(string curve, int size)
    {
        using ECDiffieHellman key = ECDiffieHellman.Create(curve == "P-256" ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP521);
        byte[] secret = RandomNumberGenerator.GetBytes(size);
        byte[] jwe = Jwe.Seal(secret, TeePublicKey.From(key));
        Assert.True(Jwe.TryOpen(jwe, key, out SecretKey? opened, out Refusal? refusal), refusal?.ToString());
        using (opened)
        {
            Assert.Equal(secret, opened.Span.ToArray());
        }

        using ECDiffieHellman other = ECDiffieHellman.Create(key.ExportParameters(false).Curve);
        Assert.False(Jwe.TryOpen(jwe, other, out _, out refusal));
        Assert.Equal(RefusalReason.ModelKeyWrong, refusal.Reason);
    }

    [Fact]
    public void TheHeaderIsWrittenInTheOrderOfExistingGuests()
    {
        using ECDiffieHellman key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        string header = Header(Jwe.Seal([1], TeePublicKey.From(key)));
        Assert.Matches("""^\{"alg":"ECDH-ES\+A256KW","enc":"A256GCM","epk":\{"crv":"P-256","kty":"EC","x":"[A-Za-z0-9_-]{43}","y":"[A-Za-z0-9_-]{43}"\}\}$""", header);
    }

    [Fact]
    public void AnRsaGuestGetsRsaOaep()
    {
        using RSA rsa = RSA.Create(2048);
        RSAParameters parameters = rsa.ExportParameters(false);
        string jwk = new JsonObject { ["kty"] = "RSA", ["alg"] = "RSA-OAEP-256", ["n"] = B64.EncodeToString(parameters.Modulus), ["e"] = B64.EncodeToString(parameters.Exponent) }
            .ToJsonString();
        Assert.True(TeePublicKey.TryParse(Encoding.UTF8.GetBytes(jwk), out TeePublicKey? key, out Refusal? refusal), refusal?.ToString());
        byte[] jwe = Jwe.Seal("secret"u8, key);
        Assert.Equal("""{"alg":"RSA-OAEP-256","enc":"A256GCM"}""", Header(jwe));
        JsonObject parts = JsonNode.Parse(jwe)!.AsObject();
        byte[] contentKey = rsa.Decrypt(Part(parts, "encrypted_key"), RSAEncryptionPadding.OaepSHA256);
        byte[] plaintext = new byte[6];
        using var cipher = new AesGcm(contentKey, 16);
        cipher.Decrypt(Part(parts, "iv"), Part(parts, "ciphertext"), Part(parts, "tag"), plaintext, Encoding.ASCII.GetBytes(parts["protected"]!.GetValue<string>()));
        Assert.Equal("secret", Encoding.ASCII.GetString(plaintext));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"protected":"e30","encrypted_key":"","iv":"AAAAAAAAAAAAAAAA","ciphertext":"","tag":"AAAAAAAAAAAAAAAAAAAAAA"}""")]
    [InlineData("""{"protected":"!","encrypted_key":"","iv":"AAAAAAAAAAAAAAAA","ciphertext":"","tag":"AAAAAAAAAAAAAAAAAAAAAA"}""")]
    [InlineData("""{"protected":"e30","encrypted_key":"","iv":"AAAA","ciphertext":"","tag":"AAAAAAAAAAAAAAAAAAAAAA"}""")]
    [InlineData("\"a.b.c.d.e\"")]
    public void WhatIsNoJweIsRefused(string text)
    {
        using ECDiffieHellman key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        Assert.False(Jwe.TryOpen(Encoding.UTF8.GetBytes(text), key, out _, out Refusal? refusal));
        Assert.NotEqual(RefusalReason.None, refusal.Reason);
    }

    [Fact]
    public void AKeyOfAnotherCurveIsRefused()
    {
        using ECDiffieHellman p256 = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using ECDiffieHellman p521 = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP521);
        Assert.False(Jwe.TryOpen(Jwe.Seal([1], TeePublicKey.From(p521)), p256, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.ModelKeyWrong, refusal.Reason);
    }

    private static string Header(byte[] jwe) => Encoding.UTF8.GetString(Part(JsonNode.Parse(jwe)!.AsObject(), "protected"));

    private static byte[] Part(JsonObject parts, string name) => B64.DecodeFromChars(parts[name]!.GetValue<string>());
}
