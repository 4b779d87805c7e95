using System.Security.Cryptography;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Tests.Signing;

/// <summary>Owners' keys of three kinds, in files, and everything else refused.</summary>
public sealed class OwnerKeyTests
{
    [Theory]
    [InlineData(OwnerKeyAlgorithm.EcdsaP256, "ES256")]
    [InlineData(OwnerKeyAlgorithm.EcdsaP384, "ES384")]
    [InlineData(OwnerKeyAlgorithm.Ed25519, "EdDSA")]
    public void AKeyComesBackFromItsFile(OwnerKeyAlgorithm algorithm, string jose)
    {
        using OwnerKey key = OwnerKey.Generate(algorithm);
        Assert.True(OwnerKey.TryFromPem(key.ToPem(), out OwnerKey? read, out _));
        Assert.True(OwnerPublicKey.TryFromPem(key.PublicKey.ToPem(), out OwnerPublicKey? publicKey, out _));
        using (read)
        {
            Assert.Equal(key.PublicKey, read.PublicKey);
            Assert.Equal(publicKey, read.PublicKey);
            Assert.Equal(jose, publicKey.JoseAlgorithm);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(publicKey.Spki)), publicKey.KeyId);
            Assert.True(publicKey.Verify("data"u8, read.Sign("data"u8)));
            Assert.True(publicKey.VerifyJose("data"u8, read.SignJose("data"u8)));
            Assert.False(publicKey.Verify("date"u8, read.Sign("data"u8)));
            Assert.False(publicKey.Verify("data"u8, []));
            Assert.False(publicKey.VerifyJose("data"u8, new byte[64]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n\n-----END PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n")]
    public void WhatIsNoPrivateKeyIsRefused(string pem)
    {
        Assert.False(OwnerKey.TryFromPem(pem, out _, out Refusal? refusal));
        Assert.True(refusal.Reason is RefusalReason.Malformed or RefusalReason.Unsupported, refusal.Reason.ToString());
    }

    [Fact]
    public void OtherKindsOfKeyAreRefused()
    {
        using RSA rsa = RSA.Create(2048);
        using ECDsa p521 = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        Assert.False(OwnerKey.TryFromPem(rsa.ExportPkcs8PrivateKeyPem(), out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Unsupported, refusal.Reason);
        Assert.False(OwnerKey.TryFromPem(p521.ExportPkcs8PrivateKeyPem(), out _, out _));
        Assert.False(OwnerPublicKey.TryFromPem(p521.ExportSubjectPublicKeyInfoPem(), out _, out _));
        Assert.False(OwnerPublicKey.TryFromSpki(rsa.ExportSubjectPublicKeyInfo(), out _, out refusal));
        Assert.Equal(RefusalReason.Unsupported, refusal.Reason);
    }

    [Fact]
    public void BytesAfterAPublicKeyAreRefused()
    {
        foreach (OwnerKeyAlgorithm algorithm in Enum.GetValues<OwnerKeyAlgorithm>())
        {
            using OwnerKey key = OwnerKey.Generate(algorithm);
            Assert.True(OwnerPublicKey.TryFromSpki(key.PublicKey.Spki, out _, out _));
            Assert.False(OwnerPublicKey.TryFromSpki([.. key.PublicKey.Spki, 0], out _, out _));
            Assert.False(OwnerPublicKey.TryFromSpki(key.PublicKey.Spki[..^1], out _, out _));
        }
    }

    [Fact]
    public void APrivateKeyDoesNotPrint()
    {
        using OwnerKey key = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        Assert.DoesNotContain("PRIVATE", key.ToString()!, StringComparison.Ordinal);
        Assert.False(OwnerPublicKey.TryFromPem(key.ToPem(), out _, out _));
    }
}
