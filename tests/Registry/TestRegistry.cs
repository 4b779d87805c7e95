using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ConfidentialOperator.Registry;

/// <summary>
/// A small OCI registry in memory (distribution specification 1.1: pull, push in one piece, ranges) with the token authentication of Docker, for tests:
/// it counts requests and fails on demand.
/// </summary>
public sealed class TestRegistry : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new();
    private readonly ConcurrentDictionary<string, byte[]> _manifests = new();
    private readonly WebApplication _application;
    private readonly string _token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private TestRegistry(X509Certificate2? certificate)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        });
        _application = builder.Build();
        _application.Use(GuardAsync);
        _application.MapGet("/token", (HttpContext context) => Results.Json(new { token = IsKnown(context) ? _token : "nobody" }));
        _application.MapMethods("/v2/{**path}", ["GET", "HEAD", "POST", "PUT"], AnswerAsync);
    }

    /// <summary>Gets what goes wrong.</summary>
    public RegistryFaults Faults { get; } = new();

    /// <summary>Gets or sets the name and password, with a colon between, without which nothing is given; null for none.</summary>
    public string? Login { get; set; }

    /// <summary>Gets or sets whether a name and password are asked for without a token service.</summary>
    public bool AsksForPassword { get; set; }

    /// <summary>Gets the requests that were let in: method, path, and the range when there was one.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Gets the address with its scheme.</summary>
    public string Address => _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Gets host and port.</summary>
    public string Host => Address[(Address.IndexOf("//", StringComparison.Ordinal) + 2)..];

    /// <summary>Starts one on loopback.</summary>
    public static async Task<TestRegistry> StartAsync(CancellationToken cancellationToken, X509Certificate2? certificate = null)
    {
        var registry = new TestRegistry(certificate);
        await registry._application.StartAsync(cancellationToken).ConfigureAwait(false);
        return registry;
    }

    /// <summary>Stores a file and returns its digest.</summary>
    public string Add(byte[] content)
    {
        string digest = Digest(content);
        _blobs[digest] = content;
        return digest;
    }

    /// <summary>Stores a manifest of a repository, under its digest, and returns that.</summary>
    public string AddManifest(string repository, byte[] content)
    {
        string digest = Digest(content);
        _manifests[$"{repository}/{digest}"] = content;
        return digest;
    }

    /// <summary>Replaces what stands under a manifest's name.</summary>
    public void Replace(string repository, string reference, byte[] content) => _manifests[$"{repository}/{reference}"] = content;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    private bool IsKnown(HttpContext context) => Login is null
        || context.Request.Headers.Authorization == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Login));

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path == "/token")
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        bool isIn = Login is null || (AsksForPassword ? IsKnown(context) : context.Request.Headers.Authorization == "Bearer " + _token);
        if (Faults.Status is { } status)
        {
            context.Response.StatusCode = status;
        }
        else if (!isIn)
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = AsksForPassword ? "Basic realm=\"registry\""
                : $"Bearer realm=\"{Address}/token\",service=\"registry\",scope=\"repository:any:pull,push\"";
        }
        else
        {
            string range = context.Request.Headers.Range.ToString();
            Requests.Enqueue($"{context.Request.Method} {context.Request.Path}{(range.Length > 0 ? " " + range : "")}");
            await next(context).ConfigureAwait(false);
        }
    }

    private Task AnswerAsync(HttpContext context, string path)
    {
        string[] parts = path.Split('/');
        int kind = Array.FindLastIndex(parts, part => part is "blobs" or "manifests");
        if (kind < 1)
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        }

        string repository = string.Join('/', parts[..kind]);
        string reference = string.Join('/', parts[(kind + 1)..]);
        return parts[kind] == "manifests" ? ManifestAsync(context, $"{repository}/{reference}", repository)
            : reference.StartsWith("uploads", StringComparison.Ordinal) ? UploadAsync(context, repository) : BlobAsync(context, reference);
    }

    private async Task ManifestAsync(HttpContext context, string key, string repository)
    {
        if (context.Request.Method == "PUT")
        {
            byte[] sent = await ReadAsync(context).ConfigureAwait(false);
            _manifests[key] = sent;
            AddManifest(repository, sent);
            context.Response.StatusCode = 201;
            return;
        }

        context.Response.StatusCode = _manifests.TryGetValue(key, out byte[]? content) ? 200 : 404;
        context.Response.ContentType = "application/vnd.oci.image.manifest.v1+json";
        await context.Response.Body.WriteAsync(content ?? []).ConfigureAwait(false);
    }

    private async Task UploadAsync(HttpContext context, string repository)
    {
        if (context.Request.Method == "POST")
        {
            context.Response.StatusCode = 202;
            context.Response.Headers.Location = $"/v2/{repository}/blobs/uploads/{Guid.NewGuid():n}?state=1";
            return;
        }

        byte[] content = await ReadAsync(context).ConfigureAwait(false);
        bool right = Digest(content) == context.Request.Query["digest"];
        context.Response.StatusCode = right ? 201 : 400;
        if (right)
        {
            Add(content);
        }
    }

    private async Task BlobAsync(HttpContext context, string digest)
    {
        if (!_blobs.TryGetValue(digest, out byte[]? content))
        {
            context.Response.StatusCode = 404;
            return;
        }

        if (Faults.RedirectTo.Length > 0 && context.Request.Method == "GET")
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = Faults.RedirectTo + context.Request.Path;
            return;
        }

        int from = Faults.ServesRanges && context.Request.Headers.Range.ToString() is { Length: > 0 } range
            ? int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture) : 0;
        context.Response.StatusCode = from > 0 ? from < content.Length ? 206 : 416 : 200;
        context.Response.ContentLength = Math.Max(0, content.Length - from);
        if (from > 0)
        {
            context.Response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }

        if (context.Request.Method == "GET" && context.Response.StatusCode != 416)
        {
            await SendAsync(context, content, from).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(HttpContext context, byte[] content, int from)
    {
        byte[] sent = content[from..];
        if (Faults.Corrupts && sent.Length > 0)
        {
            sent[^1] ^= 1;
        }

        if (Faults.CutAfter is not { } most || Faults.Cuts == 0 || sent.Length <= most)
        {
            await context.Response.Body.WriteAsync(sent).ConfigureAwait(false);
            return;
        }

        // Without a length the answer just ends: a connection that is broken off could lose what was sent before.
        Faults.Cuts--;
        context.Response.ContentLength = null;
        await context.Response.Body.WriteAsync(sent.AsMemory(0, most)).ConfigureAwait(false);
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body).ConfigureAwait(false);
        return body.ToArray();
    }
}
