using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Sidecar.KeyFetch;

/// <summary>An answer of the key broker.</summary>
internal sealed record BrokerAnswer
{
    public byte[] Body { get; init; } = [];

    /// <summary>Gets the SHA-256 of the policy under which a resource was released; empty when the broker does not say.</summary>
    public string PolicySha256 { get; init; } = "";

    public Refusal? Refusal { get; init; }

    /// <summary>Gets how long the broker wants to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
