namespace ConfidentialOperator.Protocol.Contracts;

/// <summary>
/// The body of <c>PUT /v1/identity</c> on Inference's control socket: facts that the Sidecar knows and that go into the keyset. They are untrusted; a
/// client compares them with what the hardware reports.
/// </summary>
public sealed record GuestIdentity
{
    /// <summary>Gets the replica: pod and uid.</summary>
    public required string Replica { get; init; }

    /// <summary>Gets the SHA-256 of the initdata in lower-case hex.</summary>
    public required string InitDataSha256 { get; init; }

    /// <summary>Gets the SHA-256 of the public keys of the Sidecar's TLS certificates, in lower-case hex.</summary>
    public required IReadOnlyList<string> TlsSpkiSha256 { get; init; }

    /// <summary>Gets the SHA-256 of the policy under which the key was released, in lower-case hex; empty before that.</summary>
    public required string PolicySha256 { get; init; }
}
