using System.Text;
using ConfidentialOperator.Protocol.Signing;
using ConfidentialOperator.Protocol.Tests.Running;

namespace ConfidentialOperator.Protocol.Tests.Peers;

/// <summary>Envelopes with the reference implementation of DSSE, each way and with each kind of key.</summary>
public sealed class DssePeerTests
{
    private const string Type = "application/vnd.test+json";
    private const string Payload = "{\"a\":[1,2,3]}";

    [Theory]
    [InlineData(OwnerKeyAlgorithm.EcdsaP256)]
    [InlineData(OwnerKeyAlgorithm.EcdsaP384)]
    [InlineData(OwnerKeyAlgorithm.Ed25519)]
    public async Task EnvelopesGoBothWays(OwnerKeyAlgorithm algorithm)
    {
        using var folder = new TemporaryFolder();
        using OwnerKey key = OwnerKey.Generate(algorithm);
        await File.WriteAllTextAsync(folder["key.pem"], key.ToPem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["key.pub"], key.PublicKey.ToPem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["payload"], Payload, TestContext.Current.CancellationToken);
        (int signed, string theirs, string errors) =
            await PeerProgram.RunAsync("peers", "dsse-sign", "-key", folder["key.pem"], "-keyid", key.PublicKey.KeyId, "-type", Type, folder["payload"]);
        Assert.True(signed == 0, errors);
        Assert.True(DsseEnvelope.TryParse(Encoding.UTF8.GetBytes(theirs), out DsseEnvelope? envelope, out Refusal? refusal), refusal?.ToString());
        Assert.True(envelope.TryVerify(Type, [key.PublicKey], 1, out VerifiedPayload? payload, out refusal), refusal?.ToString());
        Assert.Equal(Payload, Encoding.UTF8.GetString(payload.Bytes.Span));

        DsseEnvelope ours = DsseEnvelope.Sign(Type, Encoding.UTF8.GetBytes(Payload), key);
        Assert.Equal(0, await VerifyAsync(folder, key, ours));
        Assert.NotEqual(0, await VerifyAsync(folder, key, ours with { Payload = new ByteString("{}"u8) }));
    }

    private static async Task<int> VerifyAsync(TemporaryFolder folder, OwnerKey key, DsseEnvelope envelope)
    {
        await File.WriteAllBytesAsync(folder["ours.json"], envelope.ToJson(), TestContext.Current.CancellationToken);
        return (await PeerProgram.RunAsync("peers", "dsse-verify", "-key", folder["key.pub"], "-keyid", key.PublicKey.KeyId, "-type", Type, folder["ours.json"])).ExitCode;
    }
}
