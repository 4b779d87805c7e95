using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.Controller.Tests.Fixtures;

/// <summary>A key broker over TLS that says what a test wants it to say.</summary>
internal sealed class FakeBroker : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _certificate;
    private readonly ConcurrentDictionary<string, string> _policies = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<ReplicaAttestation>> _attestations = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly ConcurrentQueue<string> _tokens = new();

    private FakeBroker()
    {
        (_authority, _certificate) = Certificates();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    public Uri Url { get; private set; } = new("https://127.0.0.1");

    public string AuthorityPem => _authority.ExportCertificatePem();

    /// <summary>Gets or sets whether connections are cut.</summary>
    public bool IsAway { get; set; }

    /// <summary>Gets or sets why policies are refused.</summary>
    public Refusal? PolicyRefusal { get; set; }

    public DateTimeOffset NotAfter { get; set; } = DateTimeOffset.FromUnixTimeSeconds(4_000_000_000);

    public IReadOnlyList<string> Calls => [.. _calls];

    public IReadOnlyList<string> Tokens => [.. _tokens];

    public static async Task<FakeBroker> StartAsync()
    {
        FakeBroker broker = new();
        await broker._application.StartAsync(TestContext.Current.CancellationToken);
        broker.Url = new Uri(broker._application.Urls.First());
        return broker;
    }

    public string? PolicyOf(string model) => _policies.GetValueOrDefault(model);

    /// <summary>Puts a policy in force as if the owner had brought it.</summary>
    public void Accept(string model, string policy) => _policies[model] = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(policy)));

    public void Forget(string model) => _policies.TryRemove(model, out _);

    public void Say(string model, params ReplicaAttestation[] outcomes) => _attestations[model] = outcomes;

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _certificate.Dispose();
        _authority.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (IsAway)
        {
            context.Abort();
            return;
        }

        _calls.Enqueue($"{context.Request.Method} {context.Request.Path}");
        _tokens.Enqueue(context.Request.Headers.Authorization.ToString());
        string[] path = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        Task answer = (context.Request.Method, path) switch
        {
            ("PUT", ["v1", "tenants", _, "policies", string model]) => PutAsync(context, model),
            ("GET", ["v1", "tenants", string tenant, "models", string model, "status"]) => StatusAsync(context, tenant, model),
            ("DELETE", ["v1", "tenants", _, "models", string model, "sessions"]) => RevokeAsync(context, model),
            _ => ProblemAsync(context, 404, new Refusal(RefusalReason.ResourceNotFound, "There is no such thing.")),
        };
        await answer;
    }

    private async Task PutAsync(HttpContext context, string model)
    {
        if (PolicyRefusal is { } refusal)
        {
            await ProblemAsync(context, 403, refusal);
            return;
        }

        JsonNode envelope = (await JsonNode.ParseAsync(context.Request.Body))!;
        _policies[model] = Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String((string)envelope["payload"]!)));
        context.Response.StatusCode = 204;
    }

    private async Task StatusAsync(HttpContext context, string tenant, string model)
    {
        if (!_policies.TryGetValue(model, out string? digest))
        {
            await ProblemAsync(context, 404, new Refusal(RefusalReason.PolicyNotFound, "No policy is in force."));
            return;
        }

        BrokerStatement statement = new()
        {
            Tenant = tenant,
            Model = model,
            PolicyVersion = 7,
            PolicySha256 = digest,
            NotAfter = NotAfter.ToUnixTimeSeconds(),
            Development = true,
            Attestations = _attestations.GetValueOrDefault(model, []),
        };
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(statement, JsonSerializerOptions.Web));
    }

    private Task RevokeAsync(HttpContext context, string model)
    {
        _attestations.TryRemove(model, out _);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private static async Task ProblemAsync(HttpContext context, int status, Refusal refusal)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = Problem.MediaType;
        await context.Response.Body.WriteAsync(new Problem(status, refusal).ToJson());
    }

    private static (X509Certificate2 Authority, X509Certificate2 Certificate) Certificates()
    {
        DateTimeOffset start = TimeProvider.System.GetUtcNow().AddMinutes(-5);
        using ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest authority = new($"CN=authority {Guid.NewGuid():n}", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        X509Certificate2 root = authority.CreateSelfSigned(start, start.AddDays(1));
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest leaf = new("CN=broker", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        leaf.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = leaf.Create(root, start, start.AddDays(1), [1, 2, 3, 4]);
        using X509Certificate2 paired = signed.CopyWithPrivateKey(key);
        return (root, X509CertificateLoader.LoadPkcs12(paired.Export(X509ContentType.Pkcs12), null));
    }
}
