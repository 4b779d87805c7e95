using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>The rules of a release that one policy decides, in the order in which they are asked.</summary>
internal static class PolicyDecision
{
    /// <summary>Returns the first rule that does not hold, or null.</summary>
    /// <param name="authentic">The guest.</param>
    /// <param name="answer">What it sent, with the initdata that its report was checked against.</param>
    /// <param name="policy">An owner's policy in force.</param>
    /// <param name="resource">The resource that is asked for; null while a guest only attests.</param>
    public static Refusal? Check(IAuthenticGuest authentic, GuestAnswer answer, TrustPolicy policy, KbsResourceUri? resource) =>
        authentic.Check(policy) ?? answer.Binding?.Check(policy, resource) ?? Approvals(policy);

    /// <summary>This version collects no approvals, so a policy that demands some releases nothing.</summary>
    private static Refusal? Approvals(TrustPolicy policy) => policy.Approvals.Threshold == 0 ? null
        : new(RefusalReason.ApprovalsMissing, $"The policy demands {policy.Approvals.Threshold} approvals; this broker cannot collect any.");
}
