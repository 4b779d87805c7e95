using System.Net;
using System.Net.Sockets;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Benchmarks.Transport;

/// <summary>A web server that sends a body back, once in clear and once sealed, on a Unix socket like Inference's.</summary>
internal sealed class SealedEcho : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly HpkePrivateKey _key = HpkePrivateKey.Generate();
    private readonly string _folder = Directory.CreateTempSubdirectory("bench-").FullName;

    public SealedEcho()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(SocketPath));
        _application = builder.Build();
        _application.MapPost("/plain", EchoAsync);
        _application.MapPost("/sealed", EchoSealedAsync);
    }

    public HpkePrivateKey Key => _key;

    public string SocketPath => Path.Combine(_folder, "echo.sock");

    public Task StartAsync(CancellationToken cancellationToken) => _application.StartAsync(cancellationToken);

    public HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("http://echo") };

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        byte[] body = await ReadAsync(context.Request.Body, context.RequestAborted);
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private async Task EchoSealedAsync(HttpContext context)
    {
        Outcome<ServerExchange> opened = await ServerExchange.OpenAsync(
            context.Request.Body, SealedFormat.Chunked, _ => _key, BinaryHttpLimits.Default, context.RequestAborted);
        if (opened.Value is null)
        {
            context.Response.StatusCode = (int)HttpStatusCode.BadRequest;
            return;
        }

        using ServerExchange exchange = opened.Value;
        byte[] body = await ReadAsync(exchange.Body, context.RequestAborted);
        using SealedResponse response = exchange.Respond(context.Response.Body);
        response.WriteHead(new BinaryHttpResponse(200, [new HeaderField("content-type", "application/json")]));
        await response.WriteAsync(body, context.RequestAborted);
        await response.CompleteAsync(0, context.RequestAborted);
    }

    private static async Task<byte[]> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        using var copy = new MemoryStream();
        await body.CopyToAsync(copy, cancellationToken);
        return copy.ToArray();
    }
}
