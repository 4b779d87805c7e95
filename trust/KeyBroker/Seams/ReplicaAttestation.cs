namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary>The newest outcome of one replica.</summary>
internal sealed record ReplicaAttestation
{
    public required string Replica { get; init; }

    public required string Outcome { get; init; }

    public required string Reason { get; init; }

    public required string Message { get; init; }

    public required string Measurement { get; init; }

    public required string InitDataSha256 { get; init; }

    public required string Tcb { get; init; }

    public required string TeeKind { get; init; }

    /// <summary>Gets the time, in seconds since 1970.</summary>
    public required long At { get; init; }
}
