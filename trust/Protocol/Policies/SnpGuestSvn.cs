namespace ConfidentialOperator.Protocol.Policies;

/// <summary>The least security version of the guest (GUEST_SVN of its ID block).</summary>
/// <param name="AtLeast">The number.</param>
public sealed record SnpGuestSvn(uint AtLeast);
