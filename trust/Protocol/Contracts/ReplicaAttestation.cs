namespace ConfidentialOperator.Protocol.Contracts;

/// <summary>The newest outcome of one replica at the broker.</summary>
public sealed record ReplicaAttestation
{
    /// <summary>Gets the replica: pod and uid.</summary>
    public required string Replica { get; init; }

    /// <summary>Gets <c>Released</c> or <c>Refused</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Gets the reason: a name of <see cref="RefusalReason"/>.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets a sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>Gets the launch measurement in lower-case hex; empty when the evidence was not authentic.</summary>
    public required string Measurement { get; init; }

    /// <summary>Gets the reported initdata digest in lower-case hex; empty when the evidence was not authentic.</summary>
    public required string InitDataSha256 { get; init; }

    /// <summary>Gets the reported TCB for people.</summary>
    public required string Tcb { get; init; }

    /// <summary>Gets the kind of TEE.</summary>
    public required string TeeKind { get; init; }

    /// <summary>Gets the time in seconds since 1970.</summary>
    public required long At { get; init; }
}
