using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Kbs;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ConfidentialOperator.FakeTee.Endpoints;

/// <summary>
/// A Sidecar and an Inference in one process for tests of clients: a real web server with the endpoints, headers and errors of
/// <c>docs/protocol/guest.md</c>, real evidence of a software guest, and the real channel. A test may make it lie.
/// </summary>
public sealed class GuestEndpoint : IAsyncDisposable
{
    private readonly GuestEndpointOptions _options;
    private readonly WebApplication _application;
    private byte _nextKeyId;

    private GuestEndpoint(GuestEndpointOptions options, WebApplication application)
    {
        _options = options;
        _application = application;
        Keys = MakeKeys();
        Answer = AnswerAsync;
    }

    /// <summary>Gets the address.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Gets the keys in force.</summary>
    public GuestKeys Keys { get; private set; }

    /// <summary>Gets or sets what is done to a document before it leaves.</summary>
    public Func<AttestationDocument, AttestationDocument> Rewrite { get; set; } = document => document;

    /// <summary>Gets or sets what answers a nonce instead of the document: a status and a reason.</summary>
    public Problem? AttestationProblem { get; set; }

    /// <summary>Gets or sets how a request that was opened is answered.</summary>
    public Func<ServerExchange, HttpContext, Task> Answer { get; set; }

    /// <summary>Gets or sets the keyset that answers name; null for the one in force.</summary>
    public ByteString? NamedKeyset { get; set; }

    /// <summary>Gets or sets the list of keys that the gateway shows; null for the one in force.</summary>
    public byte[]? ShownKeys { get; set; }

    /// <summary>Gets the number of nonces that were answered.</summary>
    public int Attestations => Nonces.Count;

    /// <summary>Gets the nonces.</summary>
    public ConcurrentQueue<string> Nonces { get; } = [];

    /// <summary>Gets what came out of the channel.</summary>
    public ConcurrentQueue<BinaryHttpRequest> Opened { get; } = [];

    /// <summary>Gets the names of the keys that requests were sealed to, as the clear header has them.</summary>
    public ConcurrentQueue<string> KeyNames { get; } = [];

    /// <summary>Gets everything that went over the wire inward.</summary>
    public ConcurrentQueue<byte[]> Wire { get; } = [];

    /// <summary>Starts an endpoint on a free port of the loopback address.</summary>
    public static async Task<GuestEndpoint> StartAsync(GuestEndpointOptions options, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication application = builder.Build();
        var endpoint = new GuestEndpoint(options, application);
        application.MapGet("/.well-known/confidential-model/attestation", endpoint.AttestAsync);
        application.MapGet("/.well-known/ohttp-gateway", () =>
            Results.Bytes(endpoint.ShownKeys ?? KeyConfiguration.EncodeList([endpoint.Keys.Configuration]), KeyConfiguration.MediaType));
        application.MapPost("/.well-known/ohttp-gateway", endpoint.RelayAsync);
        application.MapFallback(context => WriteAsync(context, 426, new(RefusalReason.SealingRequired, "The request must be sealed.")));
        await application.StartAsync(cancellationToken).ConfigureAwait(false);
        endpoint.Address = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return endpoint;
    }

    /// <summary>Makes a new generation of keys; the old ones are forgotten at once.</summary>
    public GuestKeys Rotate() => Keys = MakeKeys();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private GuestKeys MakeKeys()
    {
        var template = new Keyset
        {
            NotAfter = default,
            Replica = _options.Replica,
            Model = _options.Model,
            InitDataSha256 = _options.Guest.Template.HostData,
            SealingKeys = [],
        };
        return new GuestKeys(++_nextKeyId, template, _options.Time.GetUtcNow() + _options.KeyLifetime);
    }

    private async Task AttestAsync(HttpContext context)
    {
        string nonce = context.Request.Query["nonce"].ToString();
        Nonces.Enqueue(nonce);
        if (AttestationProblem is { } problem)
        {
            await WriteAsync(context, problem.Status, problem.Refusal).ConfigureAwait(false);
            return;
        }

        if (!ByteString.TryFromHex(nonce, ReportBinding.NonceSize, out ByteString? bytes))
        {
            await WriteAsync(context, 400, new(RefusalReason.Malformed, "The nonce must be 64 digits of hex.")).ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = AttestationDocument.MediaType;
        await context.Response.Body.WriteAsync(Rewrite(_options.Guest.Attest(bytes, Keys.KeysetBytes)).ToJson(), context.RequestAborted).ConfigureAwait(false);
    }

    private async Task RelayAsync(HttpContext context)
    {
        KeyNames.Enqueue(context.Request.Headers["Confidential-Key-Id"].ToString());
        if (!Ohttp.TryFormatOfRequest(context.Request.ContentType, out SealedFormat format))
        {
            await WriteAsync(context, 415, new(RefusalReason.Unsupported, "This is no sealed request.")).ConfigureAwait(false);
            return;
        }

        GuestKeys keys = Keys;
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        Wire.Enqueue(body.ToArray());
        body.Position = 0;
        Outcome<ServerExchange> opened = await ServerExchange.OpenAsync(body, format,
            header => header.KeyId == keys.Configuration.KeyId ? keys.Private : null, BinaryHttpLimits.Default, context.RequestAborted).ConfigureAwait(false);
        context.Response.Headers["Confidential-Keyset"] = (NamedKeyset ?? keys.KeysetSha256).ToString();
        if (!opened.Accepted)
        {
            await WriteAsync(context, opened.Refusal.Reason == RefusalReason.KeyConfigurationExpired ? 422 : 400, opened.Refusal).ConfigureAwait(false);
            return;
        }

        using ServerExchange exchange = opened.Value;
        Opened.Enqueue(exchange.Request);
        context.Response.ContentType = Ohttp.ResponseType(format);
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await Answer(exchange, context).ConfigureAwait(false);
    }

    private async Task AnswerAsync(ServerExchange exchange, HttpContext context)
    {
        var content = new MemoryStream();
        await exchange.Body.CopyToAsync(content, context.RequestAborted).ConfigureAwait(false);
        JsonNode? body = content.Length > 0 ? JsonNode.Parse(content.ToArray()) : null;
        using SealedResponse response = exchange.Respond(context.Response.Body);
        if (_options.CallerKey is { } key && exchange.Request.Header("authorization") != $"Bearer {key}")
        {
            await EchoModel.WriteAsync(response, 401, EchoModel.Error("The caller's key is missing or not known.", "CallerUnknown"), context.RequestAborted).ConfigureAwait(false);
            return;
        }

        await EchoModel.AnswerAsync(exchange.Request, body, _options.Model.Name, response, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task WriteAsync(HttpContext context, int status, Refusal refusal)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = Problem.MediaType;
        await context.Response.Body.WriteAsync(new Problem(status, refusal).ToJson(), context.RequestAborted).ConfigureAwait(false);
    }
}
