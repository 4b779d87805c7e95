using System.Buffers;
using System.IO.Pipelines;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.KeyBroker.Endpoints;

/// <summary>Reads a body up to a limit, and no byte beyond it.</summary>
internal static class LimitedBody
{
    /// <summary>Reads the body; null when it is longer than the limit.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken, bool pinned = false)
    {
        if (request.ContentLength > limit)
        {
            return null;
        }

        PipeReader reader = request.BodyReader;
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

    /// <summary>Reads a body that is a secret: straight into memory that is wiped.</summary>
    public static async Task<SecretKey?> ReadSecretAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        byte[]? body = await ReadAsync(request, limit, cancellationToken, pinned: true).ConfigureAwait(false);
        return body is null ? null : SecretKey.MoveFrom(body);
    }

    public static Refusal TooLarge(int limit) => new(RefusalReason.TooLarge, $"The body is longer than {limit} bytes.");
}
