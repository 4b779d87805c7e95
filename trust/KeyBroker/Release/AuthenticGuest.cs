using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>A guest whose evidence is authentic and answers its challenge: what is left is what owners think of it.</summary>
internal sealed class AuthenticGuest(AuthenticSnpReport report, ByteString reportData, TimeProvider time)
{
    public GuestFacts Facts { get; } = GuestFacts.Of(report);

    /// <summary>Asks every rule of a policy.</summary>
    public Verdict<AttestedWorkload> Appraise(SignedTrustPolicy policy) => Appraiser.Appraise(report, policy, reportData, time.GetUtcNow());
}
