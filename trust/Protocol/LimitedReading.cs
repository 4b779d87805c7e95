using System.Buffers;
using System.IO.Pipelines;

namespace ConfidentialOperator.Protocol;

/// <summary>Reads what a stranger sends up to a limit, and no byte beyond it.</summary>
public static class LimitedReading
{
    private static readonly StreamPipeReaderOptions s_leaveOpen = new(leaveOpen: true);

    /// <summary>Reads to the end; null when there is more than the limit.</summary>
    /// <param name="reader">What is read.</param>
    /// <param name="limit">The most bytes that are taken.</param>
    /// <param name="pinned">Whether the array never moves, so that wiping it leaves no copy.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    public static async Task<byte[]?> ReadToEndAsync(this PipeReader reader, int limit, bool pinned, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reader);
        while (true)
        {
            ReadResult result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (result.Buffer.Length > limit)
            {
                reader.AdvanceTo(result.Buffer.Start);
                return null;
            }

            if (result.IsCompleted)
            {
                byte[] body = GC.AllocateUninitializedArray<byte>((int)result.Buffer.Length, pinned);
                result.Buffer.CopyTo(body);
                reader.AdvanceTo(result.Buffer.End);
                return body;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Reads a stream to its end; null when there is more than the limit.</summary>
    /// <param name="stream">What is read; it stays open.</param>
    /// <param name="limit">The most bytes that are taken.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    public static async Task<byte[]?> ReadToEndAsync(this Stream stream, int limit, CancellationToken cancellationToken)
    {
        PipeReader reader = PipeReader.Create(stream, s_leaveOpen);
        byte[]? content = await reader.ReadToEndAsync(limit, pinned: false, cancellationToken).ConfigureAwait(false);
        await reader.CompleteAsync().ConfigureAwait(false);
        return content;
    }

    /// <summary>Reads an answer's body; null when it is, or says that it is, longer than the limit.</summary>
    /// <param name="content">The body.</param>
    /// <param name="limit">The most bytes that are taken.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    public static async Task<byte[]?> ReadToEndAsync(this HttpContent content, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (content.Headers.ContentLength > limit)
        {
            return null;
        }

        Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            return await stream.ReadToEndAsync(limit, cancellationToken).ConfigureAwait(false);
        }
    }
}
