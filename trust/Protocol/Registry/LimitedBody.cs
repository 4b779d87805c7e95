using System.IO.Pipelines;

namespace ConfidentialOperator.Protocol.Registry;

/// <summary>Reads an answer's body up to a limit.</summary>
internal static class LimitedBody
{
    /// <summary>Returns the body; null when it is longer than the limit.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limit)
        {
            return null;
        }

        Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            PipeReader reader = PipeReader.Create(stream);
            byte[]? body = await reader.ReadToEndAsync(limit, pinned: false, cancellationToken).ConfigureAwait(false);
            await reader.CompleteAsync().ConfigureAwait(false);
            return body;
        }
    }
}
