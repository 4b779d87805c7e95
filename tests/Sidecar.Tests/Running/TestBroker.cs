using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Kbs;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ConfidentialOperator.Sidecar.Tests.Running;

/// <summary>A key broker of the protocol, small enough to misbehave on demand. It checks cookie, nonce and report data, and judges nothing.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    public const string CallerList = "the signed caller list";
    public const string Policy = "aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11";

    private readonly Dictionary<string, byte[]> _resources = [];
    private readonly Dictionary<string, (string Nonce, TeePublicKey? Key)> _sessions = [];
    private readonly X509Certificate2 _certificate;
    private WebApplication? _application;
    private int _port;

    public TestBroker(byte[] modelKey, string host = "127.0.0.1")
    {
        _resources["clinic/triage-notes/v3"] = modelKey;
        _resources["clinic/callers/v1"] = Encoding.UTF8.GetBytes(CallerList);
        _certificate = TestCertificate.Make(host);
    }

    public string CaPem => _certificate.ExportCertificatePem();

    public Uri Address => new($"https://127.0.0.1:{_port}");

    public int Handshakes { get; private set; }

    public JsonElement ExtraParameters { get; private set; }

    public string? InitData { get; private set; }

    /// <summary>Refuses at a step: auth, attest or resource.</summary>
    public Dictionary<string, Refusal> Refusals { get; } = [];

    /// <summary>Replaces the body of a refusal.</summary>
    public string? RefusalBody { get; set; }

    public string? RetryAfter { get; set; }

    public int RefusalStatus { get; set; } = 403;

    public async Task StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port, listen => listen.UseHttps(_certificate)));
        _application = builder.Build();
        _application.MapPost("/kbs/v0/auth", AuthAsync);
        _application.MapPost("/kbs/v0/attest", AttestAsync);
        _application.MapGet("/kbs/v0/resource/{**path}", ResourceAsync);
        await _application.StartAsync(TestContext.Current.CancellationToken);
        _port = new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    public async Task StopAsync()
    {
        if (_application is not null)
        {
            using var now = new CancellationTokenSource(TimeSpan.Zero);
            await _application.StopAsync(now.Token);
            await _application.DisposeAsync();
            _application = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _certificate.Dispose();
    }

    private async Task AuthAsync(HttpContext context)
    {
        Assert.True(KbsRequest.TryParse(await BodyAsync(context), out KbsRequest? request, out Refusal? refusal), refusal?.Message);
        Assert.Equal("0.4.0", request.Version);
        Assert.Equal(TeeKind.Snp, request.Tee);
        ExtraParameters = request.ExtraParameters;
        Handshakes++;
        if (await RefusedAsync(context, "auth"))
        {
            return;
        }

        string session = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        KbsChallenge challenge = KbsChallenge.From(RandomNumberGenerator.GetBytes(32));
        _sessions[session] = (challenge.Nonce, null);
        context.Response.Cookies.Append("kbs-session-id", session, new CookieOptions { Path = "/kbs/v0", Secure = true, HttpOnly = true });
        await context.Response.Body.WriteAsync(challenge.ToJson());
    }

    private async Task AttestAsync(HttpContext context)
    {
        string session = context.Request.Cookies["kbs-session-id"] ?? "";
        Assert.True(KbsAttestation.TryParse(await BodyAsync(context), "0.4.0", out KbsAttestation? attestation, out Refusal? refusal), refusal?.Message);
        Assert.Equal(_sessions[session].Nonce, attestation.Nonce);
        Assert.True(SnpEvidence.TryParse(attestation.Evidence.Memory, out SnpEvidence? evidence, out refusal), refusal?.Message);
        ByteString expected = KbsReportData.ForCpu(attestation.Nonce!, attestation.TeeKey, "");
        Assert.Equal(expected.ToString(), Convert.ToHexStringLower(evidence.Report.Span.Slice(0x50, 64)));
        InitData = attestation.InitData;
        if (!await RefusedAsync(context, "attest"))
        {
            _sessions[session] = (attestation.Nonce!, attestation.TeeKey);
            await context.Response.WriteAsync("""{"token":"not looked at"}""");
        }
    }

    private async Task ResourceAsync(HttpContext context, string path)
    {
        string session = context.Request.Cookies["kbs-session-id"] ?? "";
        if (await RefusedAsync(context, "resource") || await RefusedAsync(context, path))
        {
            return;
        }

        context.Response.Headers["Confidential-Policy"] = Policy;
        await context.Response.Body.WriteAsync(Jwe.Seal(_resources[path], _sessions[session].Key!));
    }

    private async Task<bool> RefusedAsync(HttpContext context, string step)
    {
        if (!Refusals.TryGetValue(step, out Refusal? refusal))
        {
            return false;
        }

        context.Response.StatusCode = RefusalStatus;
        context.Response.Headers.RetryAfter = RetryAfter;
        await context.Response.WriteAsync(RefusalBody ?? Encoding.UTF8.GetString(new Problem(RefusalStatus, refusal).ToJson()));
        return true;
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }
}
