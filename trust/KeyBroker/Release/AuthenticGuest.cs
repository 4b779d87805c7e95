using ConfidentialOperator.Attestation;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>A guest whose evidence is authentic and answers its challenge: what is left is what owners think of it.</summary>
internal sealed class AuthenticGuest(AuthenticEvidence evidence, ByteString reportData, TimeProvider time)
{
    public GuestFacts Facts { get; } = GuestFacts.Of(evidence);

    /// <summary>Asks every rule of a policy.</summary>
    public Verdict<AttestedWorkload> Appraise(SignedTrustPolicy policy) => Appraiser.Appraise(evidence, policy, reportData, time.GetUtcNow());
}
