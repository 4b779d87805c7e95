using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Control;

/// <summary>Reads a body up to a limit, and no byte beyond it.</summary>
internal static class LimitedBody
{
    /// <summary>Reads the body; null when it is longer than the limit.</summary>
    public static Task<byte[]?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken) => request.ContentLength > limit
        ? Task.FromResult<byte[]?>(null)
        : request.BodyReader.ReadToEndAsync(limit, pinned: false, cancellationToken);
}
