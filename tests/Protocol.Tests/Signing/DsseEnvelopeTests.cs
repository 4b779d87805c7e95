using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Tests.Signing;

/// <summary>Envelopes carry what known keys signed under this type, and nothing else.</summary>
public sealed class DsseEnvelopeTests
{
    private const string Type = "application/vnd.test+json";

    private static readonly byte[] s_payload = "{\"a\":1}"u8.ToArray();

    [Fact]
    public void ThePreAuthenticationIsThatOfTheSpecification() => Assert.Equal("DSSEv1 29 http://example.com/HelloWorld 11 hello world",
        Encoding.UTF8.GetString(DsseEnvelope.PreAuthentication("http://example.com/HelloWorld", "hello world"u8)));

    [Theory]
    [InlineData(OwnerKeyAlgorithm.EcdsaP256)]
    [InlineData(OwnerKeyAlgorithm.EcdsaP384)]
    [InlineData(OwnerKeyAlgorithm.Ed25519)]
    public void ASignedPayloadComesBack(OwnerKeyAlgorithm algorithm)
    {
        using OwnerKey key = OwnerKey.Generate(algorithm);
        DsseEnvelope envelope = Parse(DsseEnvelope.Sign(Type, s_payload, key).ToJson());
        Assert.True(envelope.TryVerify(Type, [key.PublicKey], 1, out VerifiedPayload? payload, out _));
        Assert.Equal(s_payload, payload.Bytes.ToArray());
        Assert.Equal(ByteString.Sha256(s_payload), payload.Sha256);
        Assert.Equal([key.PublicKey], payload.Signers);
    }

    [Fact]
    public void TheSignatureOfEachPartCounts()
    {
        using OwnerKey key = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        using OwnerKey other = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        DsseEnvelope signed = DsseEnvelope.Sign(Type, s_payload, key);
        AssertRefused(signed with { Payload = new ByteString("{\"a\":2}"u8) }, [key.PublicKey], RefusalReason.SignatureInvalid);
        AssertRefused(signed with { Signatures = [] }, [key.PublicKey], RefusalReason.SignatureInvalid);
        AssertRefused(signed with { Signatures = [signed.Signatures[0] with { Value = new ByteString(new byte[64]) }] }, [key.PublicKey], RefusalReason.SignatureInvalid);
        AssertRefused(signed, [other.PublicKey], RefusalReason.SignatureInvalid);
        AssertRefused(signed, [], RefusalReason.SignatureInvalid);
        AssertRefused(signed with { PayloadType = "application/other" }, [key.PublicKey], RefusalReason.Malformed);
        DsseEnvelope retyped = DsseEnvelope.Sign("application/other", s_payload, key) with { PayloadType = Type };
        AssertRefused(retyped, [key.PublicKey], RefusalReason.SignatureInvalid);
    }

    [Fact]
    public void AThresholdCountsDifferentKnownKeys()
    {
        using OwnerKey one = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        using OwnerKey two = OwnerKey.Generate(OwnerKeyAlgorithm.Ed25519);
        using OwnerKey stranger = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        OwnerPublicKey[] keys = [one.PublicKey, two.PublicKey];
        DsseEnvelope twice = DsseEnvelope.Sign(Type, s_payload, one, one);
        Assert.False(twice.TryVerify(Type, keys, 2, out _, out Refusal? refusal));
        Assert.Contains("signatures of 1 known keys; 2", refusal.Message, StringComparison.Ordinal);
        Assert.False(twice.TryVerify(Type, [one.PublicKey, one.PublicKey], 2, out _, out _));
        Assert.False(DsseEnvelope.Sign(Type, s_payload, one, stranger).TryVerify(Type, keys, 2, out _, out _));
        Assert.True(DsseEnvelope.Sign(Type, s_payload, one).AddSignature(two).TryVerify(Type, keys, 2, out VerifiedPayload? payload, out _));
        Assert.Equal(2, payload.Signers.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => twice.TryVerify(Type, keys, 0, out _, out _));
    }

    [Fact]
    public void AnEcdsaSignatureOfTheOtherEncodingIsRefused()
    {
        using OwnerKey key = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        byte[] jose = key.SignJose(DsseEnvelope.PreAuthentication(Type, s_payload));
        var envelope = new DsseEnvelope { PayloadType = Type, Payload = new ByteString(s_payload), Signatures = [new(key.PublicKey.KeyId, new ByteString(jose))] };
        AssertRefused(envelope, [key.PublicKey], RefusalReason.SignatureInvalid);
    }

    [Theory]
    [InlineData("""{"payload":"e30=","payloadType":"t"}""", "signatures")]
    [InlineData("""{"payload":"e30=","payloadType":"t","signatures":[{"keyid":"a","sig":"!"}]}""", "signatures[0].sig")]
    [InlineData("""{"payload":"e30","payloadType":"t","signatures":[]}""", "payload")]
    [InlineData("""{"payload":"e30=","payloadType":"t","signatures":[],"more":1}""", "more")]
    [InlineData("""{"payload":"e30=","payloadType":"t","signatures":{}}""", "signatures")]
    public void WhatIsNoEnvelopeIsRefusedWithItsPath(string json, string path)
    {
        Assert.False(DsseEnvelope.TryParse(Encoding.UTF8.GetBytes(json), out _, out Refusal? refusal));
        Assert.Contains($"'{path}'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TooManySignaturesAreRefused()
    {
        using OwnerKey key = OwnerKey.Generate(OwnerKeyAlgorithm.Ed25519);
        JsonObject envelope = JsonNode.Parse(DsseEnvelope.Sign(Type, s_payload, key).ToJson())!.AsObject();
        JsonArray signatures = envelope["signatures"]!.AsArray();
        while (signatures.Count < 17)
        {
            signatures.Add(signatures[0]!.DeepClone());
        }

        Assert.False(DsseEnvelope.TryParse(Encoding.UTF8.GetBytes(envelope.ToJsonString()), out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.TooLarge, refusal.Reason);
    }

    private static DsseEnvelope Parse(byte[] json)
    {
        Assert.True(DsseEnvelope.TryParse(json, out DsseEnvelope? envelope, out Refusal? refusal), refusal?.ToString());
        return envelope;
    }

    private static void AssertRefused(DsseEnvelope envelope, IReadOnlyList<OwnerPublicKey> keys, RefusalReason reason)
    {
        Assert.False(Parse(envelope.ToJson()).TryVerify(Type, keys, 1, out VerifiedPayload? payload, out Refusal? refusal));
        Assert.Null(payload);
        Assert.Equal(reason, refusal.Reason);
    }
}
