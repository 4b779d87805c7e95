using System.Buffers;
using System.IO.Pipelines;

namespace ConfidentialOperator.Protocol;

/// <summary>Reads what a stranger sends up to a limit, and no byte beyond it.</summary>
public static class LimitedReading
{
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
}
