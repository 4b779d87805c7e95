using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Guests;

/// <summary>What a client asks: is this answer from a guest that this policy accepts?</summary>
public sealed record GuestQuestion
{
    /// <summary>Gets what the guest answered.</summary>
    public required AttestationDocument Document { get; init; }

    /// <summary>Gets the nonce that the client sent, 32 bytes: its own copy, not the document's.</summary>
    public required ByteString Nonce { get; init; }

    /// <summary>Gets the owner's policy.</summary>
    public required SignedTrustPolicy Policy { get; init; }

    /// <summary>Gets the accepted roots.</summary>
    public required TrustRoots Roots { get; init; }

    /// <summary>Gets the time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Gets certificates and lists beyond those of the document, such as a fresh revocation list.</summary>
    public IReadOnlyList<Collateral> Collateral { get; init; } = [];

    /// <summary>Gets whether sample evidence, which proves nothing, is let through: for development only.</summary>
    public bool AllowSample { get; init; }
}
