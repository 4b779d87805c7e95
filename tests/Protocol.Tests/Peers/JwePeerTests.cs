using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Secrets;
using ConfidentialOperator.Protocol.Tests.Running;
using B64 = System.Buffers.Text.Base64Url;

namespace ConfidentialOperator.Protocol.Tests.Peers;

/// <summary>Secrets for a guest's key with another implementation of JOSE, each way.</summary>
public sealed class JwePeerTests
{
    private const string Peer = "rust/peers-rs";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("P-256")]
    [InlineData("P-521")]
    public async Task SecretsGoBothWays(string curve)
    {
        using var folder = new TemporaryFolder();
        using ECDiffieHellman key = ECDiffieHellman.Create(curve == "P-256" ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP521);
        ECParameters parameters = key.ExportParameters(includePrivateParameters: true);
        var jwk = new JsonObject { ["kty"] = "EC", ["crv"] = curve, ["x"] = B64.EncodeToString(parameters.Q.X), ["y"] = B64.EncodeToString(parameters.Q.Y) };
        await File.WriteAllTextAsync(folder["public.json"], jwk.ToJsonString(), Token);
        jwk["d"] = B64.EncodeToString(parameters.D);
        await File.WriteAllTextAsync(folder["private.json"], jwk.ToJsonString(), Token);
        await File.WriteAllTextAsync(folder["secret"], "secret", Token);
        (int exit, string theirs, string errors) = await PeerProgram.RunAsync(
            Peer, "jwe", "encrypt", "--key", folder["public.json"], "--alg", "ECDH-ES+A256KW", "--enc", "A256GCM", "--form", "flattened", folder["secret"]);
        Assert.True(exit == 0, theirs + errors);
        Assert.True(Jwe.TryOpen(Encoding.UTF8.GetBytes(theirs), key, out SecretKey? value, out Refusal? refusal), refusal?.ToString());
        using (value)
        {
            Assert.Equal("secret", Encoding.UTF8.GetString(value.Span));
        }

        await File.WriteAllBytesAsync(folder["ours.json"], Jwe.Seal("another"u8, TeePublicKey.From(key)), Token);
        (int opened, string output, errors) = await PeerProgram.RunAsync(Peer, "jwe", "decrypt", "--key", folder["private.json"], folder["ours.json"]);
        Assert.True(opened == 0, output + errors);
        Assert.Equal(Convert.ToHexStringLower("another"u8), JsonNode.Parse(output)!["payload_hex"]!.GetValue<string>());
    }
}
