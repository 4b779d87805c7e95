using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Nitro;

/// <summary>What the rules of a policy look at.</summary>
/// <param name="Authentic">The authentic document.</param>
/// <param name="Signed">The policy.</param>
/// <param name="Rules">The owner's rules for Nitro; null when the policy has none.</param>
/// <param name="ReportData">What the document must be bound to.</param>
/// <param name="Now">The time.</param>
internal sealed record NitroSubject(AuthenticNitroDocument Authentic, SignedTrustPolicy Signed, NitroPolicy? Rules, ByteString ReportData, DateTimeOffset Now)
{
    public NitroDocument Document => Authentic.Document;

    public TrustPolicy Policy => Signed.Policy;

    /// <summary>Gets the nonce that the document must show; null when it is bound by its user data alone.</summary>
    public ByteString? Nonce { get; init; }

    /// <summary>Gets the owner's rules; the list of the owner's rules is applied only when there are some.</summary>
    public NitroPolicy Nitro => Rules!;
}
