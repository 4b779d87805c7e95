using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>What the rules of a policy look at.</summary>
/// <param name="Authentic">The authentic quote.</param>
/// <param name="Rules">The owner's rules for it: those for TDX, or for TDX below a paravisor; null when the policy has none.</param>
/// <param name="Now">The time.</param>
internal sealed record TdxSubject(AuthenticTdxQuote Authentic, TdxPolicy? Rules, DateTimeOffset Now)
{
    public TdReport Report => Authentic.Quote.Report;

    /// <summary>Gets the owner's rules; the list of the owner's rules is applied only when there are some.</summary>
    public TdxPolicy Tdx => Rules!;
}
