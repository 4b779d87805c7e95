using ConfidentialOperator.KeyBroker.Seams;
using ConfidentialOperator.KeyBroker.Sessions;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>What is known of a guest when an outcome is written down.</summary>
internal sealed record GuestRecord(Session Session, string TeeKeySha256, GuestFacts Facts, TrustPolicy? Policy)
{
    /// <summary>Gets the tenant of the record: the policy's, or the one that the guest names.</summary>
    public string Tenant => Policy?.Tenant ?? Session.Label.Tenant;

    /// <summary>Gets whether hardware vouched for the guest; otherwise it is a stranger with a label.</summary>
    public bool IsAuthentic => !ReferenceEquals(Facts, GuestFacts.Unknown);

    public string Model => Policy?.Model ?? Session.Label.Model;
}
