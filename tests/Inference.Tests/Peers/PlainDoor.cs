using System.Net;
using ConfidentialOperator.Inference.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ConfidentialOperator.Inference.Tests.Peers;

/// <summary>
/// A door on loopback for clients that others wrote: Oblivious HTTP as a gateway hands it on, and everything else sealed on the client's behalf, as a
/// user's proxy does, but without verifying anything.
/// </summary>
internal sealed class PlainDoor : IAsyncDisposable
{
    private const string Gateway = "/.well-known/ohttp-gateway";
    private readonly WebApplication _application;
    private readonly GuestSockets _sockets;

    private PlainDoor(WebApplication application, GuestSockets sockets) => (_application, _sockets) = (application, sockets);

    public string Address => _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public string GatewayAddress => Address + Gateway;

    public static async Task<PlainDoor> OpenAsync(GuestSockets sockets)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication application = builder.Build();
        var door = new PlainDoor(application, sockets);
        application.MapGet(Gateway, async Task<IResult> (CancellationToken aborted) =>
            Results.Bytes(await sockets.Control.GetByteArrayAsync("/v1/ohttp-keys", aborted), KeyConfiguration.MediaType));
        application.MapPost(Gateway, door.RelayAsync);
        application.MapFallback(door.SealAsync);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return door;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task RelayAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sealed") { Content = new StreamContent(context.Request.Body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        using HttpResponseMessage answer = await _sockets.Ciphertext.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task SealAsync(HttpContext context)
    {
        var client = new SealedClient(_sockets, null);
        HeaderField[] headers = [.. context.Request.Headers
            .Where(header => header.Key is "Authorization" or "Content-Type" || header.Key.StartsWith("Inference", StringComparison.OrdinalIgnoreCase))
            .Select(header => new HeaderField(header.Key.ToLowerInvariant(), header.Value.ToString()))];
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, context.RequestAborted);
        (byte[] sealedBytes, ClientExchange exchange) = await client.SealAsync(
            client.Request(context.Request.Method, context.Request.Path, null, headers), content.ToArray());
        using (exchange)
        using (HttpResponseMessage answer = await client.SendAsync(sealedBytes))
        {
            Outcome<OpenedResponse> opened = await exchange.OpenResponseAsync(
                await answer.Content.ReadAsStreamAsync(context.RequestAborted), BinaryHttpLimits.Default, context.RequestAborted);
            Assert.True(opened.Accepted, opened.Refusal?.ToString());
            using OpenedResponse response = opened.Value;
            context.Response.StatusCode = response.Response.Status;
            foreach (HeaderField header in response.Response.Headers.Where(header => header.Name != "date"))
            {
                context.Response.Headers[header.Name] = header.Value;
            }

            await response.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }
}
