using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>A policy that an owner signed. Only <see cref="TrustPolicy.TryOpen"/> makes one.</summary>
public sealed class SignedTrustPolicy
{
    internal SignedTrustPolicy(TrustPolicy policy, VerifiedPayload payload)
    {
        Policy = policy;
        Sha256 = payload.Sha256;
        Signers = payload.Signers;
    }

    /// <summary>Gets what it says.</summary>
    public TrustPolicy Policy { get; }

    /// <summary>Gets the SHA-256 of the signed bytes: the policy's name in status, headers and the audit log.</summary>
    public ByteString Sha256 { get; }

    /// <summary>Gets the owners who signed it.</summary>
    public IReadOnlyList<OwnerPublicKey> Signers { get; }

    /// <summary>Returns a refusal when the policy is no longer valid.</summary>
    public Refusal? CheckTime(DateTimeOffset now) => now <= Policy.NotAfter ? null
        : new(RefusalReason.PolicyExpired, $"Policy {Policy.PolicyVersion} of model {Policy.Tenant}/{Policy.Model} expired at {Policy.NotAfter:u}; sign a newer one.");
}
