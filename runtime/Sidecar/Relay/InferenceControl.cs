using System.Net;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.Sidecar.Relay;

/// <summary>The requests on <c>keys.sock</c>. No secret passes in clear: what goes in is sealed for Inference, what comes out is public.</summary>
internal sealed class InferenceControl(InferenceSockets sockets)
{
    private const int LongestProblem = 64 * 1024;
    private const int LongestMessage = 64 * 1024;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);
    private static readonly Uri s_origin = new("http://inference/");

    public Task<ControlAnswer> TeeKeyAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, "v1/tee-key", null, LongestMessage, cancellationToken);

    public Task<ControlAnswer> StateAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, "v1/state", null, LongestMessage, cancellationToken);

    public Task<ControlAnswer> KeysetAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, "v1/keyset", null, Keyset.LongestDocument, cancellationToken);

    public Task<ControlAnswer> SealingKeysAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, "v1/ohttp-keys", null, KeyConfiguration.LongestList, cancellationToken);

    public Task<ControlAnswer> PutIdentityAsync(GuestIdentity identity, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, "v1/identity", Contract.Write(identity), LongestMessage, cancellationToken);

    public Task<ControlAnswer> PutModelKeyAsync(byte[] jwe, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, "v1/model-key", jwe, LongestMessage, cancellationToken);

    public Task<ControlAnswer> PutCallersAsync(byte[] jwe, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, "v1/callers", jwe, LongestMessage, cancellationToken);

    // Each request may be sent twice without harm, and a kept connection may just have been closed.
    private async Task<ControlAnswer> SendAsync(HttpMethod method, string path, byte[]? body, int limit, CancellationToken cancellationToken)
    {
        ControlAnswer answer = await SendOnceAsync(method, path, body, limit, cancellationToken).ConfigureAwait(false);
        return answer.IsAway ? await SendOnceAsync(method, path, body, limit, cancellationToken).ConfigureAwait(false) : answer;
    }

    private async Task<ControlAnswer> SendOnceAsync(HttpMethod method, string path, byte[]? body, int limit, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_timeout);
        using var request = new HttpRequestMessage(method, new Uri(s_origin, path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new("application/json");
        }

        try
        {
            using HttpResponseMessage response = await sockets.Control.SendAsync(request, deadline.Token).ConfigureAwait(false);
            byte[]? content = await response.Content.ReadToEndAsync(response.IsSuccessStatusCode ? limit : LongestProblem, deadline.Token)
                .ConfigureAwait(false);
            return content is null ? new([], new(RefusalReason.TooLarge, $"Inference's answer to {path} is too long."))
                : response.IsSuccessStatusCode ? new(content, null) : new([], Refusal(path, response.StatusCode, content));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Away("Inference does not answer on its control socket.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Away($"Inference did not answer {path} within {s_timeout.TotalSeconds:0} s.");
        }
    }

    private static ControlAnswer Away(string message) => new([], new(RefusalReason.ModelNotReady, message), IsAway: true);

    private static Refusal Refusal(string path, HttpStatusCode status, byte[] body) => Problem.TryParse(body, out Problem? problem, out _)
        ? problem.Refusal : new(RefusalReason.InternalError, $"Inference answered {(int)status} to {path}.");
}
