namespace ConfidentialOperator.Protocol.Contracts;

/// <summary>The answer of Inference's <c>GET /v1/state</c> on its control socket.</summary>
public sealed record InferenceState
{
    /// <summary>Gets the phase.</summary>
    public required InferencePhase Phase { get; init; }

    /// <summary>Gets the reason of a refusal: a name of <see cref="RefusalReason"/>, or empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Gets a sentence for people.</summary>
    public string Message { get; init; } = "";

    /// <summary>Gets the model; null before it is known.</summary>
    public ServedModel? Model { get; init; }

    /// <summary>Gets the number of requests in flight.</summary>
    public int InFlight { get; init; }

    /// <summary>Gets the SHA-256 of the keyset in lower-case hex; empty before there is one.</summary>
    public string KeysetSha256 { get; init; } = "";
}
