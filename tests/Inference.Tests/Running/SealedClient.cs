using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Inference.Tests.Running;

/// <summary>A client that seals: what a user's proxy does.</summary>
internal sealed class SealedClient(GuestSockets sockets, string? callerKey)
{
    public SealedFormat Format { get; init; } = SealedFormat.Chunked;

    /// <summary>Gets the cipher, which decides the configuration.</summary>
    public HpkeAead Aead { get; init; } = HpkeAead.Aes256Gcm;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async Task<KeyConfiguration> KeyAsync() => (await sockets.ConfigurationsAsync()).First(key => key.Aeads.Contains(Aead));

    /// <summary>Builds the inner request.</summary>
    public BinaryHttpRequest Request(string method, string path, string? date = null, params HeaderField[] more)
    {
        List<HeaderField> headers = [new("date", date ?? Time.GetUtcNow().ToString("r")), .. more];
        if (callerKey is not null)
        {
            headers.Add(new("authorization", "Bearer " + callerKey));
        }

        return new BinaryHttpRequest(method, "https", "guest", path, headers);
    }

    /// <summary>Seals a request and returns its bytes with the exchange that opens the answer.</summary>
    public async Task<(byte[] Sealed, ClientExchange Exchange)> SealAsync(BinaryHttpRequest request, byte[]? content, KeyConfiguration? key = null)
    {
        Assert.True(ClientExchange.TryBegin(key ?? await KeyAsync(), Aead, Format, out ClientExchange? exchange, out Refusal? refusal), refusal?.ToString());
        using var output = new MemoryStream();
        await exchange.WriteRequestAsync(output, request, content is null ? null : new MemoryStream(content), Stop);
        return (output.ToArray(), exchange);
    }

    public async Task<HttpResponseMessage> SendAsync(byte[] sealedBytes, string? contentType = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sealed") { Content = new ByteArrayContent(sealedBytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType ?? Ohttp.RequestType(Format));
        return await sockets.Ciphertext.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
    }

    /// <summary>Sends a request and opens its answer to the authenticated end.</summary>
    public async Task<SealedAnswer> AskAsync(BinaryHttpRequest request, byte[]? content = null)
    {
        (byte[] sealedBytes, ClientExchange exchange) = await SealAsync(request, content);
        using (exchange)
        {
            using HttpResponseMessage answer = await SendAsync(sealedBytes);
            await Answers.AssertAsync(System.Net.HttpStatusCode.OK, answer);
            Assert.Equal(Ohttp.ResponseType(Format), answer.Content.Headers.ContentType?.MediaType);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(Stop);
            return await OpenAsync(exchange, body);
        }
    }

    public Task<SealedAnswer> GetAsync(string path) => AskAsync(Request("GET", path));

    public Task<SealedAnswer> PostAsync(string path, JsonNode body) => PostAsync(path, body.ToJsonString());

    public Task<SealedAnswer> PostAsync(string path, string body) =>
        AskAsync(Request("POST", path, null, new HeaderField("content-type", "application/json")), Encoding.UTF8.GetBytes(body));

    public static async Task<SealedAnswer> OpenAsync(ClientExchange exchange, byte[] body)
    {
        Outcome<OpenedResponse> opened = await exchange.OpenResponseAsync(new MemoryStream(body), BinaryHttpLimits.Default, Stop);
        Assert.True(opened.Accepted, opened.Refusal?.ToString());
        using OpenedResponse response = opened.Value;
        using var content = new MemoryStream();
        await response.Body.CopyToAsync(content, Stop);
        return new SealedAnswer(response.Response, content.ToArray(), body.Length);
    }
}

/// <summary>An answer, opened.</summary>
internal sealed record SealedAnswer(BinaryHttpResponse Head, byte[] Content, int SealedLength)
{
    public int Status => Head.Status;

    public string Text => Encoding.UTF8.GetString(Content);

    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    /// <summary>Demands an error in OpenAI's shape.</summary>
    public JsonObject AssertError(int status, RefusalReason reason)
    {
        Assert.True(status == Status, $"{Status} instead of {status}: {Text}");
        JsonObject error = Json["error"]!.AsObject();
        Assert.Equal(reason.ToString(), (string?)error["code"]);
        Assert.NotEmpty((string)error["message"]!);
        return error;
    }

    public SealedAnswer AssertOk()
    {
        Assert.True(Status == 200, $"{Status}: {Text}");
        return this;
    }
}
