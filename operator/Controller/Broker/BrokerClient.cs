using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Kbs;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Controller.Broker;

/// <summary>
/// Asks key brokers. Their addresses come from users of the cluster, so the arranger's token goes only to the broker that it was configured
/// for, redirects are not followed, and answers have limits.
/// </summary>
internal sealed class BrokerClient(IOptions<ControllerOptions> options) : IDisposable
{
    private const int LongestAnswer = 1024 * 1024;
    private const int MostAuthorities = 256;
    private readonly ConcurrentDictionary<string, HttpClient> _clients = new(StringComparer.Ordinal);

    /// <summary>Brings the owner's envelope to the broker; null when it is in force now.</summary>
    public async Task<Refusal?> PutPolicyAsync(BrokerTarget target, byte[] envelope, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(HttpMethod.Put, target, $"policies/{Uri.EscapeDataString(target.Model)}");
        request.Content = new ByteArrayContent(envelope);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return (await ExchangeAsync(target, request, cancellationToken).ConfigureAwait(false)).Refusal;
    }

    /// <summary>Reads what the broker says of a model.</summary>
    public async Task<BrokerReading> ReadAsync(BrokerTarget target, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(HttpMethod.Get, target, $"models/{Uri.EscapeDataString(target.Model)}/status");
        (byte[] body, Refusal? refusal) = await ExchangeAsync(target, request, cancellationToken).ConfigureAwait(false);
        if (refusal is not null)
        {
            return new BrokerReading(null, refusal);
        }

        return Contract.TryRead(body, out BrokerStatement? statement, out Refusal? unreadable)
            ? new BrokerReading(statement, null)
            : new BrokerReading(null, unreadable);
    }

    /// <summary>Revokes the sessions of a model and lets the broker forget its replicas; null when that is done.</summary>
    public async Task<Refusal?> RevokeAsync(BrokerTarget target, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(HttpMethod.Delete, target, $"models/{Uri.EscapeDataString(target.Model)}/sessions");
        return (await ExchangeAsync(target, request, cancellationToken).ConfigureAwait(false)).Refusal;
    }

    public void Dispose()
    {
        foreach (HttpClient client in _clients.Values)
        {
            client.Dispose();
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, BrokerTarget target, string path) =>
        new(method, new Uri($"{target.Url.ToString().TrimEnd('/')}/v1/tenants/{Uri.EscapeDataString(target.Tenant)}/{path}"));

    private async Task<(byte[] Body, Refusal? Refusal)> ExchangeAsync(
        BrokerTarget target, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.BrokerTimeout);
        try
        {
            if (!TryClient(target.Authority, out HttpClient? client))
            {
                return ([], new Refusal(RefusalReason.KeyBrokerUnavailable,
                    $"The certificate authority for the key broker at {target.Url.Authority} is not in PEM form."));
            }

            await AuthorizeAsync(request, limit.Token).ConfigureAwait(false);
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, limit.Token).ConfigureAwait(false);
            byte[] body = await response.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? (body, null) : ([], ReadProblem(target, response, body));
        }
        catch (HttpRequestException exception)
        {
            return ([], new Refusal(RefusalReason.KeyBrokerUnavailable, Explain(target, exception.HttpRequestError)));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ([], new Refusal(RefusalReason.KeyBrokerUnavailable, $"The key broker at {target.Url.Authority} did not answer in time."));
        }
    }

    private static string Explain(BrokerTarget target, HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => $"The name of the key broker at {target.Url.Authority} is not known.",
        HttpRequestError.SecureConnectionError =>
            $"The certificate of the key broker at {target.Url.Authority} is not accepted; check spec.attestation.keyBroker.caSecretRef.",
        _ => $"The key broker at {target.Url.Authority} cannot be reached.",
    };

    private static Refusal ReadProblem(BrokerTarget target, HttpResponseMessage response, byte[] body)
    {
        if (Problem.TryParse(body, out Problem? problem, out _))
        {
            return problem.Refusal with { Message = SafeText.Of(problem.Refusal.Message) };
        }

        return response.StatusCode == HttpStatusCode.TooManyRequests
            ? new Refusal(RefusalReason.RateLimited, $"The key broker at {target.Url.Authority} has too many requests.")
            : new Refusal(RefusalReason.KeyBrokerUnavailable, $"The key broker at {target.Url.Authority} answered {(int)response.StatusCode}.");
    }

    private async Task AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ControllerOptions current = options.Value;
        if (current.ArrangerTokenPath.Length > 0 && Uri.TryCreate(current.ArrangerUrl, UriKind.Absolute, out Uri? broker)
            && Uri.Compare(broker, request.RequestUri, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0)
        {
            string token = await File.ReadAllTextAsync(current.ArrangerTokenPath, cancellationToken).ConfigureAwait(false);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        }
    }

    private bool TryClient(string authority, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HttpClient? client)
    {
        if (_clients.TryGetValue(authority, out client))
        {
            return true;
        }

        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        if (authority.Length > 0 && !TryTrust(handler, authority))
        {
            handler.Dispose();
            return false;
        }

        client = new HttpClient(handler) { MaxResponseContentBufferSize = LongestAnswer, Timeout = Timeout.InfiniteTimeSpan };
        if (_clients.Count >= MostAuthorities && _clients.Keys.FirstOrDefault() is { } oldest)
        {
            // Not disposed: somebody may be using it. Its connections end by themselves when nobody does.
            _clients.TryRemove(oldest, out _);
        }

        client = _clients.GetOrAdd(authority, client);
        return true;
    }

    private static bool TryTrust(SocketsHttpHandler handler, string authority)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPem(authority);
        }
        catch (CryptographicException)
        {
            return false;
        }

        handler.SslOptions.CertificateChainPolicy = policy;
        return policy.CustomTrustStore.Count > 0;
    }
}
