using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.KeyBroker.Sessions;

/// <summary>One handshake: the nonce, the TEE kind and protocol that it is bound to, and the answer once there is one.</summary>
internal sealed record Session
{
    /// <summary>Gets the SHA-256 of the cookie: the cookie itself is not kept.</summary>
    public required byte[] IdSha256 { get; init; }

    public required SessionState State { get; init; }

    public required TeeKind Tee { get; init; }

    /// <summary>Gets the KBS version that the guest speaks.</summary>
    public required string Protocol { get; init; }

    /// <summary>Gets the 32 bytes of the challenge.</summary>
    public required byte[] Nonce { get; init; }

    /// <summary>Gets who the guest says it is: for status only.</summary>
    public required GuestLabel Label { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Gets the body of <c>/attest</c> as it came: it is appraised again at each release, under the policy of that moment.</summary>
    public byte[]? Attestation { get; init; }
}
