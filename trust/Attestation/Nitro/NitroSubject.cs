using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Nitro;

/// <summary>What the rules of a policy look at.</summary>
/// <param name="Authentic">The authentic document.</param>
/// <param name="Inputs">The question: policy, report data, time.</param>
/// <param name="Rules">The owner's rules for Nitro; null when the policy has none.</param>
internal sealed record NitroSubject(AuthenticNitroDocument Authentic, AppraisalInputs Inputs, NitroPolicy? Rules)
{
    public NitroDocument Document => Authentic.Document;

    public TrustPolicy Policy => Inputs.Policy.Policy;

    /// <summary>Gets the nonce that the document must show; null when it is bound by its user data alone.</summary>
    public ByteString? Nonce { get; init; }

    /// <summary>Gets the owner's rules; the list of the owner's rules is applied only when there are some.</summary>
    public NitroPolicy Nitro => Rules!;
}
