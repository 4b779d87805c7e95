using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.KeyBroker.Endpoints;

/// <summary>Reads a body up to a limit, and no byte beyond it.</summary>
internal static class LimitedBody
{
    /// <summary>Reads the body; null when it is longer than the limit.</summary>
    public static Task<byte[]?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken, bool pinned = false) =>
        request.ContentLength > limit ? Task.FromResult<byte[]?>(null) : request.BodyReader.ReadToEndAsync(limit, pinned, cancellationToken);

    /// <summary>Reads a body that is a secret: straight into memory that is wiped.</summary>
    public static async Task<SecretKey?> ReadSecretAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        byte[]? body = await ReadAsync(request, limit, cancellationToken, pinned: true).ConfigureAwait(false);
        return body is null ? null : SecretKey.MoveFrom(body);
    }

    public static Refusal TooLarge(int limit) => new(RefusalReason.TooLarge, $"The body is longer than {limit} bytes.");
}
