using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;
using static ConfidentialOperator.Protocol.Tests.Channel.Vectors;

namespace ConfidentialOperator.Protocol.Tests.Channel;

/// <summary>Requests and answers of all sizes go through in both forms and with each cipher.</summary>
public sealed class ExchangeTests
{
    private static readonly BinaryHttpRequest s_request = new("POST", "https", "m.example", "/v1/echo", [new("content-type", "application/octet-stream")]);

    public static TheoryData<HpkeAead, SealedFormat, int> Cases
    {
        get
        {
            var cases = new TheoryData<HpkeAead, SealedFormat, int>();
            foreach (HpkeAead aead in Enum.GetValues<HpkeAead>())
            {
                foreach (SealedFormat format in Enum.GetValues<SealedFormat>())
                {
                    cases.Add(aead, format, 0);
                    cases.Add(aead, format, 1);
                    cases.Add(aead, format, Ohttp.ChunkSize - 8);
                    cases.Add(aead, format, Ohttp.ChunkSize + 1);
                    cases.Add(aead, format, 100_000);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task WhatIsSentIsWhatIsReceived(HpkeAead aead, SealedFormat format, int size)
    {
        byte[] content = new byte[size];
        new Random(size).NextBytes(content);
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        using ClientExchange client = Begin(Configuration(key, aead), aead, format);
        using var request = new MemoryStream();
        await client.WriteRequestAsync(request, s_request, new MemoryStream(content), Token);
        using ServerExchange server = await OpenAsync(request.ToArray(), format, key);
        Assert.Equal(s_request with { Headers = [] }, server.Request with { Headers = [] });
        Assert.Equal(s_request.Headers, server.Request.Headers);
        Assert.Equal(content, await ReadAsync(server.Body));

        using var answer = new MemoryStream();
        using (SealedResponse response = server.Respond(answer))
        {
            response.WriteHead(new BinaryHttpResponse(201, [new("x-test", "a b")]));
            await response.WriteAsync(content, Token);
            await response.CompleteAsync(padding: size % 3, Token);
        }

        answer.Position = 0;
        Outcome<OpenedResponse> opened = await client.OpenResponseAsync(answer, BinaryHttpLimits.Default, Token);
        Assert.True(opened.Accepted, opened.Refusal?.ToString());
        Assert.Equal((201, "a b"), (opened.Value.Response.Status, opened.Value.Response.Header("X-Test")));
        Assert.Equal(content, await ReadAsync(opened.Value.Body));
    }

    [Fact]
    public async Task AnExchangeWritesOneRequestOnly()
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        using ClientExchange client = Begin(Configuration(key, HpkeAead.Aes256Gcm), HpkeAead.Aes256Gcm, SealedFormat.Chunked);
        await client.WriteRequestAsync(Stream.Null, s_request, null, Token);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.WriteRequestAsync(Stream.Null, s_request, null, Token));
    }

    [Fact]
    public async Task ContentIsThereBeforeTheEndIs()
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        using ClientExchange client = Begin(Configuration(key, HpkeAead.Aes256Gcm), HpkeAead.Aes256Gcm, SealedFormat.Chunked);
        using var request = new MemoryStream();
        await client.WriteRequestAsync(request, s_request, null, Token);
        using ServerExchange server = await OpenAsync(request.ToArray(), SealedFormat.Chunked, key);
        var pipe = new System.IO.Pipelines.Pipe();
        using SealedResponse response = server.Respond(pipe.Writer.AsStream());
        response.WriteHead(new BinaryHttpResponse(200, []));
        await response.WriteAsync("first"u8.ToArray(), Token);
        Outcome<OpenedResponse> opened = await client.OpenResponseAsync(pipe.Reader.AsStream(), BinaryHttpLimits.Default, Token);
        byte[] buffer = new byte[64];
        Assert.Equal(5, await opened.Value!.Body.ReadAsync(buffer, Token));
        await response.WriteAsync("second"u8.ToArray(), Token);
        Assert.Equal(6, await opened.Value.Body.ReadAsync(buffer, Token));
        await response.CompleteAsync(0, Token);
        await pipe.Writer.CompleteAsync();
        Assert.Equal(0, await opened.Value.Body.ReadAsync(buffer, Token));
    }
}
