using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Azure;

/// <summary>What the rules of a policy look at, beyond those for the hardware's report.</summary>
/// <param name="Authentic">The authentic guest.</param>
/// <param name="InitDataDigests">The accepted initdata.</param>
/// <param name="Pcrs">The owner's demands per PCR; null when the policy has no rules for it.</param>
internal sealed record AzureSubject(
    AuthenticAzureGuest Authentic, IReadOnlyList<ByteString> InitDataDigests, IReadOnlyDictionary<int, Expectation<IReadOnlyList<ByteString>>>? Pcrs)
{
    public static AzureSubject Of(AuthenticAzureGuest authentic, AppraisalInputs inputs)
    {
        TrustPolicy policy = inputs.Policy.Policy;
        return new(authentic, policy.InitDataDigests, authentic.Tee == TeeKind.AzureSnp ? policy.AzureSnp?.Pcrs : policy.AzureTdx?.Pcrs);
    }
}
