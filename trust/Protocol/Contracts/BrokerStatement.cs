namespace ConfidentialOperator.Protocol.Contracts;

/// <summary>What the broker says of a model: the policy in force and the newest outcome of each replica.</summary>
public sealed record BrokerStatement
{
    /// <summary>Gets the tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary>Gets the model.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the version of the policy in force.</summary>
    public required long PolicyVersion { get; init; }

    /// <summary>Gets the SHA-256 of that policy in lower-case hex.</summary>
    public required string PolicySha256 { get; init; }

    /// <summary>Gets the end of the policy in seconds since 1970.</summary>
    public required long NotAfter { get; init; }

    /// <summary>Gets whether the policy accepts a development root.</summary>
    public required bool Development { get; init; }

    /// <summary>Gets the newest outcome of each replica.</summary>
    public IReadOnlyList<ReplicaAttestation> Attestations { get; init; } = [];
}
