using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation;

/// <summary>Proof for a key broker: this guest answered its challenge and every rule of this policy holds. Only <see cref="Appraiser"/> makes one.</summary>
public sealed class AttestedWorkload
{
    internal AttestedWorkload(AuthenticEvidence evidence, SignedTrustPolicy policy)
    {
        Evidence = evidence;
        Policy = policy;
    }

    /// <summary>Gets the guest's evidence.</summary>
    public AuthenticEvidence Evidence { get; }

    /// <summary>Gets the policy that accepts it.</summary>
    public SignedTrustPolicy Policy { get; }

    /// <summary>Gets whether the evidence ends in a development root.</summary>
    public bool Development => Evidence.IsDevelopment;
}
