using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>The rules of a release that one policy decides, in the order in which they are asked.</summary>
internal static class PolicyDecision
{
    /// <summary>Returns the proof that every rule holds, or the first rule that does not.</summary>
    /// <param name="verdict">The verdict of the policy on the guest.</param>
    /// <param name="answer">What it sent, with the initdata that its report was checked against.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="resource">The resource that is asked for; null while a guest only attests.</param>
    /// <param name="workload">The proof.</param>
    /// <param name="refusal">The rule that does not hold.</param>
    public static bool TryAccept(Verdict<AttestedWorkload> verdict, GuestAnswer answer, SignedTrustPolicy policy, KbsResourceUri? resource,
        [NotNullWhen(true)] out AttestedWorkload? workload, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = verdict.Appraisal.Refusal ?? answer.Binding?.Check(policy.Policy, resource) ?? Approvals(policy.Policy);
        workload = refusal is null ? verdict.Proof : null;
        return workload is not null;
    }

    /// <summary>This version collects no approvals, so a policy that demands some releases nothing.</summary>
    private static Refusal? Approvals(TrustPolicy policy) => policy.Approvals.Threshold == 0 ? null
        : new(RefusalReason.ApprovalsMissing, $"The policy demands {policy.Approvals.Threshold} approvals; this broker cannot collect any.");
}
