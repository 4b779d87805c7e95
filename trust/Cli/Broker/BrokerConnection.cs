using System.Net.Http.Headers;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Access;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Broker;

/// <summary>The owner's side of a key broker: policies, resources, the audit log.</summary>
internal sealed class BrokerConnection : IDisposable
{
    private const int LongestProblem = 64 * 1024;
    private static readonly TimeSpan s_tokenLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client;

    private BrokerConnection(HttpClient client) => _client = client;

    public static BrokerConnection Open(CommandContext context, string? address, FileInfo? authorities) => new(new HttpClient(TrustedHttp.Handler(authorities ?? Usual(context)))
    {
        BaseAddress = TrustedHttp.Address(address, context.Variable("CFM_BROKER_URL"), "--broker", "CFM_BROKER_URL"),
        Timeout = s_timeout,
    });

    /// <summary>Makes a request that carries an owner's token.</summary>
    public static HttpRequestMessage OwnersRequest(HttpMethod method, string path, OwnerKey key, string tenant, DateTimeOffset now)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", OwnerTokenText.Create(key, tenant, now + s_tokenLifetime));
        return request;
    }

    /// <summary>Sends; an answer that is no success becomes the broker's own reason.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new CommandRefusedException(RefusalReason.KeyBrokerUnavailable, $"The key broker at {_client.BaseAddress} does not answer: {exception.Message}");
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new CommandRefusedException(await ReasonAsync(response, cancellationToken).ConfigureAwait(false));
        }
    }

    public void Dispose() => _client.Dispose();

    private static FileInfo? Usual(CommandContext context) => context.Variable("CFM_BROKER_CA") is { Length: > 0 } path ? new FileInfo(path) : null;

    private static async Task<Refusal> ReasonAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(LongestProblem, cancellationToken).ConfigureAwait(false);
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return Problem.TryParse(body, out Problem? problem, out _) ? problem.Refusal
            : new(RefusalReason.InternalError, $"The key broker answered {(int)response.StatusCode} without a reason.");
    }
}
