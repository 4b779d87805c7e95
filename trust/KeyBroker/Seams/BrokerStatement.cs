namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary>What the broker says of a model: the policy in force and the newest outcome of each replica.</summary>
internal sealed record BrokerStatement
{
    public required string Tenant { get; init; }

    public required string Model { get; init; }

    public required long PolicyVersion { get; init; }

    public required string PolicySha256 { get; init; }

    /// <summary>Gets the end of the policy, in seconds since 1970.</summary>
    public required long NotAfter { get; init; }

    public required bool Development { get; init; }

    public IReadOnlyList<ReplicaAttestation> Attestations { get; init; } = [];
}
