using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Sidecar.Options;
using ConfidentialOperator.Sidecar.Setup;

namespace ConfidentialOperator.Sidecar.KeyFetch;

/// <summary>One session with a key broker: its cookie, and its authorities as they are in the file now. It is made anew for each handshake.</summary>
internal sealed class KbsSession : IDisposable
{
    private const int LongestMessage = 256 * 1024;
    private const int LongestProblem = 64 * 1024;

    private readonly HttpMessageInvoker _client;
    private readonly Uri _root;
    private readonly TimeSpan _timeout;

    /// <summary>Opens a session. Throws <see cref="InvalidDataException"/> when the authorities cannot be read.</summary>
    public KbsSession(BrokerOptions options)
    {
        _root = new Uri(options.Url.TrimEnd('/') + "/kbs/v0/");
        _timeout = options.Timeout;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            CookieContainer = new CookieContainer(),
            ConnectTimeout = options.Timeout,
            MaxResponseHeadersLength = 32,
        };
        TrustedAuthorities.Pin(handler, options.CaPath);
        _client = new HttpMessageInvoker(handler);
    }

    public Task<BrokerAnswer> AuthAsync(TeeKind tee, JsonNode extraParameters, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "auth", KbsRequest.ToJson(tee, extraParameters), LongestMessage, cancellationToken);

    public Task<BrokerAnswer> AttestAsync(KbsAttestation attestation, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "attest", attestation.ToJson(), LongestMessage, cancellationToken);

    public Task<BrokerAnswer> ResourceAsync(KbsResourceUri resource, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, "resource/" + resource.ResourcePath, null, Jwe.Longest, cancellationToken);

    public void Dispose() => _client.Dispose();

    private async Task<BrokerAnswer> SendAsync(HttpMethod method, string path, byte[]? body, int limit, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_timeout);
        using var request = new HttpRequestMessage(method, new Uri(_root, path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, deadline.Token).ConfigureAwait(false);
            return await ReadAsync(response, limit, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Unavailable(Describe(exception));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unavailable($"did not answer within {_timeout.TotalSeconds:0} s");
        }
    }

    private static async Task<BrokerAnswer> ReadAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        bool success = response.StatusCode == HttpStatusCode.OK;
        byte[]? body = await response.Content.ReadToEndAsync(success ? limit : LongestProblem, cancellationToken).ConfigureAwait(false);
        if (!success || body is null)
        {
            Refusal refusal = body is null ? new(RefusalReason.TooLarge, "The key broker's answer is too long.") : BrokerRefusals.From(response.StatusCode, body);
            return new BrokerAnswer { Refusal = refusal, RetryAfter = response.Headers.RetryAfter?.Delta };
        }

        string policy = response.Headers.TryGetValues("Confidential-Policy", out IEnumerable<string>? values) ? values.First() : "";
        bool valid = policy.Length == 64 && policy.All(char.IsAsciiHexDigitLower);
        return new BrokerAnswer { Body = body, PolicySha256 = valid ? policy : "" };
    }

    private BrokerAnswer Unavailable(string what) =>
        new() { Refusal = new(RefusalReason.KeyBrokerUnavailable, $"The key broker at {_root.Host}:{_root.Port} {what}; it is asked again.") };

    private static string Describe(Exception exception) => exception switch
    {
        { InnerException: AuthenticationException } => "has a certificate that the pinned authorities do not vouch for, or for another name",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "has a name that is not known",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "cannot be reached",
        _ => "broke the connection off",
    };
}
