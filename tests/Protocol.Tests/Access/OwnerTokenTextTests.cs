using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Access;
using ConfidentialOperator.Protocol.Signing;
using B64 = System.Buffers.Text.Base64Url;

namespace ConfidentialOperator.Protocol.Tests.Access;

/// <summary>An owner's token is a JWT with exactly the claims that brokers check.</summary>
public sealed class OwnerTokenTextTests
{
    [Theory]
    [InlineData(OwnerKeyAlgorithm.EcdsaP256, "ES256")]
    [InlineData(OwnerKeyAlgorithm.EcdsaP384, "ES384")]
    [InlineData(OwnerKeyAlgorithm.Ed25519, "EdDSA")]
    public void ATokenHasItsClaimsAndSignature(OwnerKeyAlgorithm algorithm, string name)
    {
        using OwnerKey key = OwnerKey.Generate(algorithm);
        string[] parts = OwnerTokenText.Create(key, "clinic", DateTimeOffset.FromUnixTimeSeconds(1_800_000_000)).Split('.');
        Assert.Equal(3, parts.Length);
        JsonNode header = JsonNode.Parse(B64.DecodeFromChars(parts[0]))!;
        Assert.Equal((name, key.PublicKey.KeyId), (header["alg"]!.GetValue<string>(), header["kid"]!.GetValue<string>()));
        Assert.Equal("""{"aud":"confidential-operator.dev/key-broker","exp":1800000000,"role":"owner","tenant":"clinic"}""",
            Encoding.UTF8.GetString(B64.DecodeFromChars(parts[1])));
        Assert.True(key.PublicKey.VerifyJose(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), B64.DecodeFromChars(parts[2])));
    }
}
