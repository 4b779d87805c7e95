using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Sidecar.KeyFetch;

/// <summary>How a round ended.</summary>
/// <param name="Refusal">Null after a success.</param>
/// <param name="RetryAfter">How long the broker wants to be left alone.</param>
internal sealed record RoundOutcome(Refusal? Refusal, TimeSpan? RetryAfter = null)
{
    public static RoundOutcome Success { get; } = new((Refusal?)null);
}
