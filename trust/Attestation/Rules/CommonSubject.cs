using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Rules;

/// <summary>What the rules of every TEE look at.</summary>
/// <param name="Evidence">What hardware, or a development root, vouches for.</param>
/// <param name="Inputs">The question: policy, report data, time.</param>
internal sealed record CommonSubject(AuthenticEvidence Evidence, AppraisalInputs Inputs)
{
    public TrustPolicy Policy => Inputs.Policy.Policy;
}
