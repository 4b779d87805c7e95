using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;
using static ConfidentialOperator.Protocol.Tests.Channel.Vectors;

namespace ConfidentialOperator.Protocol.Tests.Channel;

/// <summary>What somebody on the way may try. Every attempt ends in a refusal, and none in a message that looks complete.</summary>
public sealed class HostileMessageTests
{
    private const int Head = OhttpRequestHeader.Length;

    private static readonly byte[] s_head = Hex("0004504f535405687474707300012f0000");

    [Theory]
    [InlineData(SealedFormat.Whole)]
    [InlineData(SealedFormat.Chunked)]
    public async Task EveryFlippedBitIsRefused(SealedFormat format)
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        byte[] request = await RequestAsync(key, format, [s_head]);
        for (int at = 0; at < request.Length; at++)
        {
            byte[] changed = [.. request];
            changed[at] ^= 1;
            Refusal? refusal = await RefusalAsync(changed, format, key);
            Assert.True(refusal is not null, $"byte {at} was changed and nobody saw it");
        }

        Assert.Null(await RefusalAsync(request, format, key));
    }

    [Theory]
    [InlineData(SealedFormat.Whole)]
    [InlineData(SealedFormat.Chunked)]
    public async Task EveryCutIsRefused(SealedFormat format)
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        byte[] request = await RequestAsync(key, format, [s_head[..9], s_head[9..]]);
        for (int length = 0; length < request.Length; length++)
        {
            Assert.NotNull(await RefusalAsync(request[..length], format, key));
        }
    }

    [Fact]
    public async Task ADroppedFinalChunkIsRefused()
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        byte[] request = await RequestAsync(key, SealedFormat.Chunked, [s_head, []]);
        Refusal? refusal = await RefusalAsync(request[..^17], SealedFormat.Chunked, key);
        Assert.Equal(RefusalReason.RequestNotAuthentic, refusal?.Reason);
        Assert.Contains("final chunk", refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AChunkMarkedAsFinalIsRefused()
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        byte[] request = await RequestAsync(key, SealedFormat.Chunked, [s_head, [0], []]);
        int second = Head + 1 + s_head.Length + 16;
        byte[] promoted = [.. request[..second], 0, .. request[(second + 1)..(second + 18)]];
        Assert.Equal(RefusalReason.RequestNotAuthentic, (await RefusalAsync(promoted, SealedFormat.Chunked, key))?.Reason);
    }

    [Fact]
    public async Task ReorderedRepeatedAndLostChunksAreRefused()
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        byte[] request = await RequestAsync(key, SealedFormat.Chunked, [s_head, [0, 0], [0, 0], []]);
        int first = Head + 1 + s_head.Length + 16;
        const int size = 19;
        byte[] one = request[first..(first + size)];
        byte[] two = request[(first + size)..(first + (2 * size))];
        byte[] before = request[..first];
        byte[] end = request[(first + (2 * size))..];
        Assert.NotEqual(one, two);
        byte[][] attempts = [[.. before, .. two, .. one, .. end], [.. before, .. one, .. one, .. end], [.. before, .. one, .. end]];
        foreach (byte[] attempt in attempts)
        {
            Assert.Equal(RefusalReason.RequestNotAuthentic, (await RefusalAsync(attempt, SealedFormat.Chunked, key))?.Reason);
        }
    }

    [Fact]
    public async Task AnEmptyChunkThatIsNotTheLastIsRefused()
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        byte[] request = await RequestAsync(key, SealedFormat.Chunked, [s_head, []]);
        byte[] chunk = [16, .. request[^16..]];
        Refusal? refusal = await RefusalAsync([.. request[..^17], .. chunk, .. request[^17..]], SealedFormat.Chunked, key);
        Assert.Equal(RefusalReason.Malformed, refusal?.Reason);
    }

    [Theory]
    [InlineData(SealedFormat.Whole, SealedFormat.Chunked)]
    [InlineData(SealedFormat.Chunked, SealedFormat.Whole)]
    public async Task AMessageOfTheOtherFormIsRefused(SealedFormat sealedAs, SealedFormat openedAs)
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        byte[] request = await RequestAsync(key, sealedAs, [s_head]);
        Assert.NotNull(await RefusalAsync(request, openedAs, key));

        // The same, without the byte that only the chunked form has: then only the label tells the two apart.
        byte[] alike = sealedAs == SealedFormat.Whole ? [.. request[..Head], 0, .. request[Head..]] : [.. request[..Head], .. request[(Head + 1)..]];
        Assert.Equal(RefusalReason.RequestNotAuthentic, (await RefusalAsync(alike, openedAs, key))?.Reason);
    }

    [Fact]
    public async Task AnotherSuiteInTheHeaderIsRefused()
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        byte[] request = await RequestAsync(key, SealedFormat.Chunked, [s_head]);
        foreach (byte aead in new byte[] { 1, 3 })
        {
            byte[] downgraded = [.. request];
            downgraded[6] = aead;
            Assert.Equal(RefusalReason.RequestNotAuthentic, (await RefusalAsync(downgraded, SealedFormat.Chunked, key))?.Reason);
        }

        foreach ((int at, byte value) in new[] { (2, (byte)0x10), (4, (byte)2), (6, (byte)0), (5, (byte)0xFF) })
        {
            byte[] unknown = [.. request];
            unknown[at] = value;
            Assert.Equal(RefusalReason.Unsupported, (await RefusalAsync(unknown, SealedFormat.Chunked, key))?.Reason);
        }
    }

    [Fact]
    public async Task AnotherKeyIsRefusedAsExpired()
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        using HpkePrivateKey other = HpkePrivateKey.Generate();
        byte[] request = await RequestAsync(key, SealedFormat.Chunked, [s_head]);
        Assert.Equal(RefusalReason.RequestNotAuthentic, (await RefusalAsync(request, SealedFormat.Chunked, other))?.Reason);
        request[0] = 2;
        Assert.Equal(RefusalReason.KeyConfigurationExpired, (await RefusalAsync(request, SealedFormat.Chunked, key))?.Reason);
    }

    [Fact]
    public async Task AnAllZeroAgreementIsRefused()
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        byte[] request = await RequestAsync(key, SealedFormat.Chunked, [s_head]);
        request.AsSpan(7, 32).Clear();
        Assert.Equal(RefusalReason.RequestNotAuthentic, (await RefusalAsync(request, SealedFormat.Chunked, key))?.Reason);
        Assert.False(ClientExchange.TryBegin(new KeyConfiguration(1, new ByteString(new byte[32]), [HpkeAead.Aes256Gcm]), HpkeAead.Aes256Gcm,
            SealedFormat.Chunked, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Malformed, refusal.Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(Ohttp.LongestChunk + 17)]
    [InlineData(int.MaxValue)]
    public async Task AChunkOfAnImpossibleLengthIsRefusedUnread(long length)
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        byte[] request = await RequestAsync(key, SealedFormat.Chunked, [s_head]);
        byte[] prefix = new byte[8];
        int size = Varint.Write(prefix, (ulong)length);
        Refusal? refusal = await RefusalAsync([.. request[..Head], .. prefix[..size], 1, 2, 3], SealedFormat.Chunked, key);
        Assert.NotNull(refusal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(60)]
    public async Task ACutAnswerIsSeen(int length)
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        using ClientExchange client = Begin(Configuration(key, HpkeAead.Aes256Gcm), HpkeAead.Aes256Gcm, SealedFormat.Chunked);
        byte[] answer = await AnswerAsync(client, key);
        Outcome<OpenedResponse> opened = await client.OpenResponseAsync(new MemoryStream(answer[..length]), BinaryHttpLimits.Default, Token);
        Assert.Equal(RefusalReason.ResponseTruncated, opened.Refusal?.Reason);
    }

    [Fact]
    public async Task AnAnswerWithoutItsEndThrowsAtTheEnd()
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        using ClientExchange client = Begin(Configuration(key, HpkeAead.Aes256Gcm), HpkeAead.Aes256Gcm, SealedFormat.Chunked);
        byte[] answer = await AnswerAsync(client, key);
        Outcome<OpenedResponse> opened = await client.OpenResponseAsync(new MemoryStream(answer[..^19]), BinaryHttpLimits.Default, Token);
        Assert.True(opened.Accepted, opened.Refusal?.ToString());
        ChannelException fault = await Assert.ThrowsAsync<ChannelException>(() => ReadAsync(opened.Value.Body));
        Assert.Equal(RefusalReason.ResponseTruncated, fault.Refusal.Reason);
    }

    [Fact]
    public async Task AnAnswerToAnotherRequestIsRefused()
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        using ClientExchange client = Begin(Configuration(key, HpkeAead.Aes256Gcm), HpkeAead.Aes256Gcm, SealedFormat.Chunked);
        using ClientExchange other = Begin(Configuration(key, HpkeAead.Aes256Gcm), HpkeAead.Aes256Gcm, SealedFormat.Chunked);
        byte[] answer = await AnswerAsync(other, key);
        Outcome<OpenedResponse> opened = await client.OpenResponseAsync(new MemoryStream(answer), BinaryHttpLimits.Default, Token);
        Assert.Equal(RefusalReason.ResponseNotAuthentic, opened.Refusal?.Reason);
    }

    private static async Task<byte[]> AnswerAsync(ClientExchange client, HpkePrivateKey key)
    {
        using var request = new MemoryStream();
        await client.WriteRequestAsync(request, new BinaryHttpRequest("GET", "https", "", "/", []), null, Token);
        using ServerExchange server = await OpenAsync(request.ToArray(), SealedFormat.Chunked, key);
        using var answer = new MemoryStream();
        using SealedResponse response = server.Respond(answer);
        response.WriteHead(new BinaryHttpResponse(200, [new("content-type", "text/plain")]));
        await response.WriteAsync("0123456789"u8.ToArray(), Token);
        await response.CompleteAsync(0, Token);
        return answer.ToArray();
    }

    private static async Task<byte[]> RequestAsync(HpkePrivateKey key, SealedFormat format, byte[][] chunks)
    {
        using ClientExchange client = Begin(Configuration(key, HpkeAead.Aes256Gcm), HpkeAead.Aes256Gcm, format);
        using var output = new MemoryStream();
        return await SealAsync(client.BeginRequest(output), output, chunks);
    }

    /// <summary>Opens and reads everything; null when all of it was taken.</summary>
    private static async Task<Refusal?> RefusalAsync(byte[] request, SealedFormat format, HpkePrivateKey key)
    {
        Outcome<ServerExchange> result = await TryOpenAsync(request, format, key);
        if (!result.Accepted)
        {
            return result.Refusal;
        }

        using ServerExchange exchange = result.Value;
        try
        {
            await ReadAsync(exchange.Body);
            return null;
        }
        catch (ChannelException exception)
        {
            return exception.Refusal;
        }
    }
}
