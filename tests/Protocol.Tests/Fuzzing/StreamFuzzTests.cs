using System.Buffers;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Tests.Channel;

namespace ConfidentialOperator.Protocol.Tests.Fuzzing;

/// <summary>Messages that are read as streams: whatever comes, reading ends, with the content or with a refusal.</summary>
public sealed class StreamFuzzTests
{
    private const int Rounds = 3000;

    private static readonly BinaryHttpRequest s_request = new("POST", "https", "m.example", "/v1/x", [new("content-type", "text/plain"), new("a", "b")]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BinaryHttpIsReadOrRefused(bool known)
    {
        var output = new ArrayBufferWriter<byte>();
        if (known)
        {
            BinaryHttpEncoder.WriteRequest(output, s_request, "content"u8);
        }
        else
        {
            BinaryHttpEncoder.WriteRequestHead(output, s_request);
            BinaryHttpEncoder.WriteChunk(output, "content"u8);
            BinaryHttpEncoder.WriteEnd(output);
        }

        byte[] good = output.WrittenSpan.ToArray();
        var mutation = new Mutation(known ? 1 : 2);
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] input = mutation.Apply(good);
            refused += await ReadsAsync(input) ? 0 : 1;
        }

        Assert.InRange(refused, Rounds / 10, Rounds - 1);
    }

    [Theory]
    [InlineData(SealedFormat.Whole)]
    [InlineData(SealedFormat.Chunked)]
    public async Task ASealedRequestIsReadOrRefused(SealedFormat format)
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        using ClientExchange client = Vectors.Begin(Vectors.Configuration(key, HpkeAead.Aes256Gcm), HpkeAead.Aes256Gcm, format);
        using var request = new MemoryStream();
        await client.WriteRequestAsync(request, s_request, new MemoryStream(new byte[100]), Token);
        var mutation = new Mutation((int)format);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] input = mutation.Apply(request.ToArray());
            Outcome<ServerExchange> opened = await Vectors.TryOpenAsync(input, format, key);
            if (!opened.Accepted)
            {
                continue;
            }

            using ServerExchange exchange = opened.Value;
            Assert.True(input.AsSpan().SequenceEqual(request.ToArray()) || !await EndsAsync(exchange.Body), Convert.ToBase64String(input));
        }
    }

    private static async Task<bool> ReadsAsync(byte[] message)
    {
        using var source = new MemoryStream(message);
        var reader = new BinaryHttpReader(source, new PeekBuffer(source, 64), BinaryHttpLimits.Default, RefusalReason.Malformed);
        try
        {
            (BinaryHttpRequest request, Stream body) = await reader.ReadRequestAsync(Token);
            Assert.True(request.Headers.All(field => field.IsValid) && request.Path.Length > 0);
            return await EndsAsync(body);
        }
        catch (ChannelException)
        {
            return false;
        }
    }

    private static async Task<bool> EndsAsync(Stream body)
    {
        try
        {
            await body.CopyToAsync(Stream.Null, Token);
            return true;
        }
        catch (ChannelException)
        {
            return false;
        }
    }
}
