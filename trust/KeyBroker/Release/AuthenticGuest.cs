using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Ear;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>A guest whose evidence is authentic and answers its challenge: what is left is what owners think of it.</summary>
internal sealed class AuthenticGuest(AuthenticEvidence evidence, GuestAnswer answer, EvidenceInputs inputs)
{
    public GuestFacts Facts { get; } = GuestFacts.Of(evidence);

    /// <summary>Returns what the evidence is worth, for a token.</summary>
    /// <param name="appraisal">The verdict; null without a policy.</param>
    /// <param name="isAffirmed">Whether everything is accepted, beyond the verdict too.</param>
    /// <param name="policy">The policy's name.</param>
    public JsonObject ToEar(Appraisal? appraisal, bool isAffirmed, string policy) => EarClaims.Write(evidence, appraisal, isAffirmed, policy, inputs.Now);

    /// <summary>Asks every rule of a policy.</summary>
    public Verdict<AttestedWorkload> Appraise(SignedTrustPolicy policy) => Appraiser.Appraise(evidence, policy, answer.ReportData, inputs,
        new DeviceQuestion(answer.Devices, answer.DeviceNonce) { Collateral = inputs.Own });
}
