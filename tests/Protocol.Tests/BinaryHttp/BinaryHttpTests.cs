using System.Buffers;
using System.Text;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Protocol.Tests.BinaryHttp;

/// <summary>RFC 9292: both framings, truncated forms, padding, and what is refused.</summary>
public sealed class BinaryHttpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheKnownLengthResponseOfTheRfcIsRead()
    {
        // RFC 9292 section 5.2: two informational responses before the final one, here with the same structure and shorter fields.
        byte[] message =
        [
            1, 0x40, 102, 15, 7, .. "running"u8, 6, .. "sleep "u8[..5], (byte)'x', 0x40, 103, 0, 0x40, 200, 4, 1, (byte)'a', 1, (byte)'b', 2, .. "hi"u8, 0,
        ];
        (BinaryHttpResponse response, byte[] body) = await ReadResponseAsync(message);
        Assert.Equal((200, "b"), (response.Status, response.Header("a")));
        Assert.Equal("hi", Encoding.ASCII.GetString(body));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ARequestComesBack(bool known)
    {
        var request = new BinaryHttpRequest("POST", "https", "m.example", "/v1?x=1", [new("a", "1"), new("a", "2"), new("b", "\u00e9\ttext")]);
        var output = new ArrayBufferWriter<byte>();
        if (known)
        {
            BinaryHttpEncoder.WriteRequest(output, request, "body"u8);
        }
        else
        {
            BinaryHttpEncoder.WriteRequestHead(output, request);
            BinaryHttpEncoder.WriteChunk(output, "bo"u8);
            BinaryHttpEncoder.WriteChunk(output, []);
            BinaryHttpEncoder.WriteChunk(output, "dy"u8);
            BinaryHttpEncoder.WriteEnd(output);
        }

        (BinaryHttpRequest read, byte[] body) = await ReadRequestAsync(output.WrittenMemory.ToArray());
        Assert.Equal(request with { Headers = [] }, read with { Headers = [] });
        Assert.Equal(request.Headers, read.Headers);
        Assert.Equal("body", Encoding.ASCII.GetString(body));
    }

    [Theory]
    [InlineData("00034745540568747470730b6578616d706c652e636f6d012f")]
    [InlineData("00034745540568747470730b6578616d706c652e636f6d012f00")]
    [InlineData("00034745540568747470730b6578616d706c652e636f6d012f0000")]
    [InlineData("00034745540568747470730b6578616d706c652e636f6d012f000000")]
    [InlineData("00034745540568747470730b6578616d706c652e636f6d012f0000000000000000")]
    [InlineData("02034745540568747470730b6578616d706c652e636f6d012f")]
    [InlineData("02034745540568747470730b6578616d706c652e636f6d012f00")]
    [InlineData("02034745540568747470730b6578616d706c652e636f6d012f0000")]
    [InlineData("02034745540568747470730b6578616d706c652e636f6d012f000000")]
    [InlineData("4000034745540568747470730b6578616d706c652e636f6d012f")]
    public async Task ARequestMayBeTruncatedOrPadded(string hex)
    {
        (BinaryHttpRequest request, byte[] body) = await ReadRequestAsync(Convert.FromHexString(hex));
        Assert.Equal(("GET", "https", "example.com", "/"), (request.Method, request.Scheme, request.Authority, request.Path));
        Assert.Empty(request.Headers);
        Assert.Empty(body);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("04", "framing")]
    [InlineData("01", "framing")]
    [InlineData("0003474554", "number|scheme|message")]
    [InlineData("00034745540568747470730b65", "authority")]
    [InlineData("000247", "method")]
    [InlineData("00000000012f", "method")]
    [InlineData("0003472054000000012f", "method")]
    [InlineData("00034745540000012f03016101", "field section|field")]
    [InlineData("00034745540000012f0401410162", "name")]
    [InlineData("00034745540000012f0401610a62", "section")]
    [InlineData("00034745540000012f04016102620a", "section|field")]
    [InlineData("00034745540000012f050161020a62", "value")]
    [InlineData("00034745540000012f050161022062", "spaces")]
    [InlineData("00034745540000012f0005616263", "content")]
    [InlineData("02034745540000012f00056162", "content")]
    [InlineData("02034745540000012f000161", "end of its content")]
    [InlineData("00034745540000012f00000001", "padding")]
    [InlineData("00034745540000ffffffffffffffff", "path")]
    [InlineData("000347455400000000", "path")]
    public async Task WhatIsNoMessageIsRefused(string hex, string words)
    {
        ChannelException fault = await Assert.ThrowsAsync<ChannelException>(() => ReadRequestAsync(Convert.FromHexString(hex)));
        Assert.Contains(words.Split('|'), word => fault.Refusal.Message.Contains(word, StringComparison.Ordinal));
        Assert.True(fault.Refusal.Reason is RefusalReason.Malformed or RefusalReason.TooLarge, fault.Refusal.Reason.ToString());
    }

    [Theory]
    [InlineData("0140", "number|status")]
    [InlineData("014258", "status")]
    [InlineData("0132", "status")]
    [InlineData("01", "status")]
    public async Task AResponseWithoutAStatusIsRefused(string hex, string words)
    {
        ChannelException fault = await Assert.ThrowsAsync<ChannelException>(() => ReadResponseAsync(Convert.FromHexString(hex)));
        Assert.Contains(words.Split('|'), word => fault.Refusal.Message.Contains(word, StringComparison.Ordinal));
    }

    [Fact]
    public async Task EndlessInformationalResponsesAreRefused()
    {
        byte[] message = [1, .. Enumerable.Repeat(new byte[] { 0x40, 100, 0 }, 20).SelectMany(part => part), 0x40, 200, 0, 0, 0];
        ChannelException fault = await Assert.ThrowsAsync<ChannelException>(() => ReadResponseAsync(message));
        Assert.Equal(RefusalReason.Malformed, fault.Refusal.Reason);
    }

    [Theory]
    [InlineData("path")]
    [InlineData("headers")]
    [InlineData("count")]
    [InlineData("body")]
    [InlineData("padding")]
    public async Task EachLimitHolds(string limit)
    {
        var limits = new BinaryHttpLimits { ControlBytes = 16, HeaderBytes = 64, HeaderCount = 4, BodyBytes = 32, PaddingBytes = 16 };
        string path = limit == "path" ? "/" + new string('p', 16) : "/";
        HeaderField[] headers = limit switch
        {
            "headers" => [new("long", new string('v', 64))],
            "count" => [.. Enumerable.Range(0, 5).Select(at => new HeaderField("n" + at, ""))],
            _ => [],
        };
        var output = new ArrayBufferWriter<byte>();
        BinaryHttpEncoder.WriteRequest(output, new BinaryHttpRequest("GET", "https", "", path, headers), new byte[limit == "body" ? 33 : 32]);
        byte[] message = [.. output.WrittenSpan, .. new byte[limit == "padding" ? 17 : 16]];
        ChannelException fault = await Assert.ThrowsAsync<ChannelException>(() => ReadRequestAsync(message, limits));
        Assert.Equal(RefusalReason.TooLarge, fault.Refusal.Reason);
    }

    [Fact]
    public async Task TheLimitsThemselvesPass()
    {
        var limits = new BinaryHttpLimits { ControlBytes = 16, HeaderBytes = 64, HeaderCount = 4, BodyBytes = 32, PaddingBytes = 16 };
        HeaderField[] headers = [.. Enumerable.Range(0, 4).Select(at => new HeaderField("n" + at, ""))];
        var output = new ArrayBufferWriter<byte>();
        BinaryHttpEncoder.WriteRequest(output, new BinaryHttpRequest("GET", "https", "", "/" + new string('p', 15), headers), new byte[32]);
        (_, byte[] body) = await ReadRequestAsync([.. output.WrittenSpan, .. new byte[16]], limits);
        Assert.Equal(32, body.Length);
    }

    [Theory]
    [InlineData("Upper", "v")]
    [InlineData("", "v")]
    [InlineData("a b", "v")]
    [InlineData("a", "v\r\nx: y")]
    [InlineData("a", " v")]
    [InlineData("a", "\u0100")]
    public void FieldsThatCannotBeAreNotWritten(string name, string value) => Assert.Throws<ArgumentException>(() =>
        BinaryHttpEncoder.WriteRequestHead(new ArrayBufferWriter<byte>(), new BinaryHttpRequest("GET", "https", "", "/", [new(name, value)])));

    [Theory]
    [InlineData(0, "00")]
    [InlineData(37, "25")]
    [InlineData(63, "3f")]
    [InlineData(64, "4040")]
    [InlineData(15293, "7bbd")]
    [InlineData(494878333, "9d7f3e7d")]
    [InlineData(151288809941952652, "c2197c5eff14e88c")]
    public void VarintsAreThoseOfRfc9000(ulong value, string hex)
    {
        byte[] buffer = new byte[Varint.LongestEncoding];
        int length = Varint.Write(buffer, value);
        Assert.Equal(hex, Convert.ToHexStringLower(buffer.AsSpan(0, length)));
        Assert.Equal(length, Varint.LengthOf(buffer[0]));
        Assert.Equal(value, Varint.Read(buffer.AsSpan(0, length)));
    }

    private static async Task<(BinaryHttpRequest Request, byte[] Body)> ReadRequestAsync(byte[] message, BinaryHttpLimits? limits = null)
    {
        // One byte at a time: whatever depends on where reads end would show.
        using var source = new TrickleStream(message);
        var reader = new BinaryHttpReader(source, new PeekBuffer(source, 16), limits ?? BinaryHttpLimits.Default, RefusalReason.Malformed);
        (BinaryHttpRequest request, Stream body) = await reader.ReadRequestAsync(Token);
        using var content = new MemoryStream();
        await body.CopyToAsync(content, Token);
        return (request, content.ToArray());
    }

    private static async Task<(BinaryHttpResponse Response, byte[] Body)> ReadResponseAsync(byte[] message)
    {
        using var source = new MemoryStream(message);
        var reader = new BinaryHttpReader(source, new PeekBuffer(source, 16), BinaryHttpLimits.Default, RefusalReason.Malformed);
        (BinaryHttpResponse response, Stream body) = await reader.ReadResponseAsync(Token);
        using var content = new MemoryStream();
        await body.CopyToAsync(content, Token);
        return (response, content.ToArray());
    }

    private sealed class TrickleStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}
