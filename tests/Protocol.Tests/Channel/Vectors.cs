using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Protocol.Tests.Channel;

/// <summary>Keys and steps that the vectors share.</summary>
internal static class Vectors
{
    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public static byte[] Range(byte first, int count) => [.. Enumerable.Range(first, count).Select(value => (byte)value)];

    public static HpkePrivateKey Key(string hex) => HpkePrivateKey.Import(Hex(hex));

    public static KeyConfiguration Configuration(HpkePrivateKey key, params HpkeAead[] aeads) => new(1, key.PublicKey, aeads);

    public static ClientExchange Begin(KeyConfiguration key, HpkeAead aead, SealedFormat format, HpkePrivateKey ephemeral)
    {
        Assert.True(ClientExchange.TryBegin(key, aead, format, ephemeral, out ClientExchange? exchange, out Refusal? refusal), refusal?.ToString());
        return exchange;
    }

    public static ClientExchange Begin(KeyConfiguration key, HpkeAead aead, SealedFormat format)
    {
        Assert.True(ClientExchange.TryBegin(key, aead, format, out ClientExchange? exchange, out Refusal? refusal), refusal?.ToString());
        return exchange;
    }

    /// <summary>Seals plaintext chunks, the last of them as the end.</summary>
    public static async Task<byte[]> SealAsync(SealedWriter writer, MemoryStream output, params byte[][] chunks)
    {
        using (writer)
        {
            foreach (byte[] chunk in chunks[..^1])
            {
                await writer.WriteAsync(chunk, Token);
            }

            await writer.CompleteAsync(chunks[^1], Token);
        }

        return output.ToArray();
    }

    public static async Task<ServerExchange> OpenAsync(byte[] request, SealedFormat format, HpkePrivateKey key)
    {
        Outcome<ServerExchange> result = await TryOpenAsync(request, format, key);
        Assert.True(result.Accepted, result.Refusal?.ToString());
        return result.Value;
    }

    public static Task<Outcome<ServerExchange>> TryOpenAsync(byte[] request, SealedFormat format, HpkePrivateKey key) =>
        ServerExchange.OpenAsync(new MemoryStream(request), format, header => header.KeyId == 1 ? key : null, BinaryHttpLimits.Default, Token);

    public static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Token);
        return content.ToArray();
    }
}
