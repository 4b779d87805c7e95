using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>What is known of a guest when an outcome is written down.</summary>
internal sealed record GuestRecord(Session Session, string TeeKeySha256, GuestFacts Facts, SignedTrustPolicy? Policy)
{
    /// <summary>Gets the tenant of the record: the policy's, or the one that the guest names.</summary>
    public string Tenant => Policy?.Policy.Tenant ?? Session.Label.Tenant;

    /// <summary>Gets whether hardware vouched for the guest; otherwise it is a stranger with a label.</summary>
    public bool IsAuthentic => !ReferenceEquals(Facts, GuestFacts.Unknown);

    public string Model => Policy?.Policy.Model ?? Session.Label.Model;
}
