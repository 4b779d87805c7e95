using System.Net.Http.Headers;
using System.Text;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;
using Microsoft.AspNetCore.Http;

namespace ConfidentialOperator.Protocol.Tests.Peers;

/// <summary>Oblivious HTTP with the implementation of the RFC's author and with another one, each way and in both forms.</summary>
public sealed class OhttpPeerTests
{
    private const string Go = "peers";
    private const string Rust = "rust/peers-rs";

    public static TheoryData<string, SealedFormat> Peers => new()
    {
        { Go, SealedFormat.Whole }, { Go, SealedFormat.Chunked }, { Rust, SealedFormat.Whole }, { Rust, SealedFormat.Chunked },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task OurClientIsUnderstoodByTheirGateway(string peer, SealedFormat format)
    {
        await using LocalServer upstream = await LocalServer.StartAsync(EchoAsync);
        (PeerProgram program, Uri gateway) = await PeerProgram.ListenAsync(peer, "ohttp-gateway", "-kem", "x25519", "-upstream", upstream.Address.ToString());
        await using (program)
        {
            using var http = new HttpClient();
            Assert.True(KeyConfiguration.TryParse(await http.GetByteArrayAsync(new Uri(gateway, "ohttp-keys"), Token), out IReadOnlyList<KeyConfiguration>? keys, out _));
            byte[] content = Encoding.ASCII.GetBytes(string.Join('\n', Enumerable.Range(0, 9000)));
            Assert.True(ClientExchange.TryBegin(keys[0], HpkeAead.Aes128Gcm, format, out ClientExchange? exchange, out _));
            using (exchange)
            {
                using var request = new MemoryStream();
                var inner = new BinaryHttpRequest("POST", "http", "example.test", "/echo", [new("x-test", "a")]);
                await exchange.WriteRequestAsync(request, inner, new MemoryStream(content), Token);
                using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, "gateway")) { Content = new ByteArrayContent(request.ToArray()) };
                message.Content.Headers.ContentType = new MediaTypeHeaderValue(Ohttp.RequestType(format));
                using HttpResponseMessage answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Token);
                Assert.Equal(Ohttp.ResponseType(format), answer.Content.Headers.ContentType?.MediaType);
                Outcome<OpenedResponse> opened =
                    await exchange.OpenResponseAsync(await answer.Content.ReadAsStreamAsync(Token), BinaryHttpLimits.Default, Token);
                Assert.True(opened.Accepted, opened.Refusal?.ToString());
                Assert.Equal((201, "POST a"), (opened.Value.Response.Status, opened.Value.Response.Header("x-seen")));
                using var body = new MemoryStream();
                await opened.Value.Body.CopyToAsync(body, Token);
                Assert.Equal(content, body.ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task TheirClientIsUnderstoodByOurGateway(string peer, SealedFormat format)
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        await using LocalServer gateway = await LocalServer.StartAsync(context => GatewayAsync(context, key));
        string content = string.Join(',', Enumerable.Range(0, 2000));
        string[] arguments = Arguments(gateway.Address, format, "-target", "http://example.test/echo?q=1", "-data", content);
        (int exit, string output, string errors) = await PeerProgram.RunAsync(peer, arguments);
        Assert.True(exit == 0, errors);
        Assert.Contains("POST /echo?q=1 " + content, output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task TheirClientIsRefusedWhenItsRequestIsChanged(string peer, SealedFormat format)
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        await using LocalServer gateway = await LocalServer.StartAsync(context => GatewayAsync(context, key));
        foreach (string[] change in new string[][] { ["-tamper", "60"], ["-send-key-id", "99"] })
        {
            (int exit, string output, _) = await PeerProgram.RunAsync(peer, [.. Arguments(gateway.Address, format, "-target", "http://example.test/echo", "-data", "hello"), .. change]);
            Assert.NotEqual(0, exit);
            Assert.DoesNotContain("hello", output, StringComparison.Ordinal);
        }
    }

    private static string[] Arguments(Uri gateway, SealedFormat format, params string[] more) =>
    [
        "ohttp-client", "-keys", new Uri(gateway, "ohttp-keys").ToString(), "-gateway", new Uri(gateway, "gateway").ToString(),
        .. format == SealedFormat.Chunked ? new[] { "-chunked" } : [], .. more,
    ];

    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.StatusCode = 201;
        context.Response.Headers["x-seen"] = $"{context.Request.Method} {context.Request.Headers["x-test"]}";
        await context.Request.Body.CopyToAsync(context.Response.Body, Token);
    }

    private static async Task GatewayAsync(HttpContext context, HpkePrivateKey key)
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.ContentType = KeyConfiguration.MediaType;
            await context.Response.Body.WriteAsync(KeyConfiguration.EncodeList([new(1, key.PublicKey, [HpkeAead.Aes128Gcm])]), Token);
            return;
        }

        Assert.True(Ohttp.TryFormatOfRequest(context.Request.ContentType, out SealedFormat format));
        Outcome<ServerExchange> opened = await ServerExchange.OpenAsync(context.Request.Body, format, header => header.KeyId == 1 ? key : null,
            BinaryHttpLimits.Default, Token);
        if (!opened.Accepted)
        {
            context.Response.StatusCode = 422;
            return;
        }

        using ServerExchange exchange = opened.Value;
        using var content = new MemoryStream();
        await exchange.Body.CopyToAsync(content, Token);
        context.Response.ContentType = Ohttp.ResponseType(format);
        using SealedResponse response = exchange.Respond(context.Response.Body);
        response.WriteHead(new BinaryHttpResponse(200, [new("content-type", "text/plain")]));
        await response.WriteAsync(Encoding.ASCII.GetBytes($"{exchange.Request.Method} {exchange.Request.Path} "), Token);
        await response.WriteAsync(content.ToArray(), Token);
        await response.CompleteAsync(0, Token);
    }
}
