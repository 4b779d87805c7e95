namespace ConfidentialOperator.Client;

/// <summary>
/// Puts a <see cref="ConfidentialClient"/> below any HTTP client, such as an OpenAI SDK's. Scheme and host of requests do not matter: everything goes,
/// sealed, to guests that the policy accepts, and a refusal is thrown as <see cref="ConfidentialException"/> before anything was sent.
/// </summary>
public sealed class ConfidentialHandler(ConfidentialClient client) : HttpMessageHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        SendResult result = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return result.Answered ? result.Response : throw new ConfidentialException(result.Refusal);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, cancellationToken).GetAwaiter().GetResult();
}
