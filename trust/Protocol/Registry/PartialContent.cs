using System.Net;

namespace ConfidentialOperator.Protocol.Registry;

/// <summary>A body that begins at some byte of what was asked for (RFC 9110, section 14).</summary>
public sealed class PartialContent : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;

    private PartialContent(HttpResponseMessage response, Stream content, long from)
    {
        _response = response;
        Content = content;
        From = from;
    }

    /// <summary>Gets the content.</summary>
    public Stream Content { get; }

    /// <summary>Gets the byte that it begins with: the one that was asked for, or 0 from a server that knows no ranges.</summary>
    public long From { get; }

    /// <summary>Takes over an answer that has the content; null, and the answer stays the caller's, when it has not.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="asked">The byte that was asked for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<PartialContent?> TryOpenAsync(HttpResponseMessage response, long asked, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        long? from = response.StatusCode switch
        {
            HttpStatusCode.OK => 0,
            HttpStatusCode.PartialContent when asked > 0 && response.Content.Headers.ContentRange is { Unit: "bytes", From: { } begin } && begin == asked => asked,
            _ => null,
        };
        return from is null ? null
            : new PartialContent(response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), from.Value);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync().ConfigureAwait(false);
        _response.Dispose();
    }
}
