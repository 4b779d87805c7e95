using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.Protocol.Tests.Peers;

/// <summary>HPKE with each cipher, sealed by others and opened here, and the other way round.</summary>
public sealed class HpkePeerTests
{
    private static ReadOnlySpan<byte> Info => "confidential-operator test"u8;

    [Theory]
    [InlineData("peers", "aes128gcm", HpkeAead.Aes128Gcm)]
    [InlineData("peers", "aes256gcm", HpkeAead.Aes256Gcm)]
    [InlineData("peers", "chacha20poly1305", HpkeAead.ChaCha20Poly1305)]
    [InlineData("rust/peers-rs", "aes128gcm", HpkeAead.Aes128Gcm)]
    [InlineData("rust/peers-rs", "aes256gcm", HpkeAead.Aes256Gcm)]
    [InlineData("rust/peers-rs", "chacha20poly1305", HpkeAead.ChaCha20Poly1305)]
    public async Task MessagesGoBothWays(string peer, string name, HpkeAead aead)
    {
        JsonNode pair = await RunAsync(peer, "hpke", "keygen", "-kem", "x25519");
        byte[] privateKey = Convert.FromHexString(Text(pair, "priv"));
        byte[] publicKey = Convert.FromHexString(Text(pair, "pub"));
        string[] common = ["-kem", "x25519", "-aead", name, "-info-text", Encoding.ASCII.GetString(Info), "-aad", "0102", "-export", "aa"];
        JsonNode theirs = await RunAsync(peer, ["hpke", "seal", "-pub", Convert.ToHexStringLower(publicKey), "-pt-text", "hello", "-count", "2", .. common]);
        Open(aead, privateKey, theirs);
        (string encapsulated, string ciphertexts) = Seal(aead, publicKey);
        JsonNode opened = await RunAsync(peer, ["hpke", "open", "-priv", Convert.ToHexStringLower(privateKey), "-enc", encapsulated, "-ct", ciphertexts, .. common]);
        Assert.Contains(Convert.ToHexStringLower("hello"u8), opened.ToJsonString(), StringComparison.OrdinalIgnoreCase);
    }

    private static void Open(HpkeAead aead, byte[] privateKey, JsonNode message)
    {
        using HpkePrivateKey key = HpkePrivateKey.Import(privateKey);
        Assert.True(Hpke.TrySetupReceiver(aead, key, Convert.FromHexString(Text(message, "enc")), Info, out HpkeContext? context, out _));
        using (context)
        {
            foreach (string ciphertext in Text(message, "ct").Split(','))
            {
                byte[] plaintext = new byte[5];
                Assert.True(context.TryOpen(Convert.FromHexString(ciphertext), [1, 2], plaintext));
                Assert.Equal("hello", Encoding.ASCII.GetString(plaintext));
            }

            using SecretKey exported = context.Export([0xAA], 32);
            Assert.Equal(Text(message, "exported"), Convert.ToHexStringLower(exported.Span));
        }
    }

    private static (string Encapsulated, string Ciphertexts) Seal(HpkeAead aead, byte[] publicKey)
    {
        Assert.True(Hpke.TrySetupSender(aead, publicKey, Info, out HpkeContext? context, out _));
        using (context)
        {
            string first = Convert.ToHexStringLower(context.Seal("hello"u8, [1, 2]));
            return (context.Encapsulated.ToString(), first + "," + Convert.ToHexStringLower(context.Seal("again"u8, [1, 2])));
        }
    }

    private static async Task<JsonNode> RunAsync(string peer, params string[] arguments)
    {
        (int exit, string output, string errors) = await PeerProgram.RunAsync(peer, arguments);
        Assert.True(exit == 0, output + errors);
        return JsonNode.Parse(output)!;
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
