namespace ConfidentialOperator.Protocol.Contracts;

/// <summary>The answer of the Sidecar's <c>GET /v1/status</c>. It is a report of an untrusted process: nothing is decided from it but what to show.</summary>
public sealed record SidecarStatus
{
    /// <summary>Gets the phase.</summary>
    public required SidecarPhase Phase { get; init; }

    /// <summary>Gets the reason of the phase: a name of <see cref="RefusalReason"/>, or empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Gets a sentence for people.</summary>
    public string Message { get; init; } = "";

    /// <summary>Gets the replica: pod and uid.</summary>
    public string Replica { get; init; } = "";

    /// <summary>Gets the SHA-256 of the initdata in lower-case hex.</summary>
    public string InitDataSha256 { get; init; } = "";

    /// <summary>Gets the launch measurement in lower-case hex.</summary>
    public string Measurement { get; init; } = "";

    /// <summary>Gets the SHA-256 of the policy under which the key was released, in lower-case hex.</summary>
    public string PolicySha256 { get; init; } = "";

    /// <summary>Gets the time of the last attestation; null before the first.</summary>
    public DateTimeOffset? AttestedAt { get; init; }

    /// <summary>Gets the version of the model; null before it is known.</summary>
    public long? ModelVersion { get; init; }

    /// <summary>Gets the number of requests in flight.</summary>
    public int InFlight { get; init; }

    /// <summary>Gets the part of the model that was fetched, from 0 to 1; null when nothing is being fetched.</summary>
    public double? Progress { get; init; }
}
