using ConfidentialOperator.Attestation.Rules;

namespace ConfidentialOperator.Attestation.Azure;

/// <summary>Decides whether the hardware vouches for a quote of Azure's virtual TPM.</summary>
internal static class AzureVerifier
{
    /// <summary>Authenticates evidence.</summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="inputs">Collateral, roots and time for the hardware's report.</param>
    /// <param name="steps">The steps beyond the hardware's; null for all of them.</param>
    public static Authentication Authenticate(AzureGuestEvidence evidence, EvidenceInputs inputs, RuleList<AzureAttempt>? steps = null) =>
        Authenticate(evidence, evidence.Hardware.Authenticate(inputs), steps);

    /// <summary>Authenticates evidence whose hardware's report was looked at.</summary>
    public static Authentication Authenticate(AzureGuestEvidence evidence, Authentication hardware, RuleList<AzureAttempt>? steps = null)
    {
        var attempt = new AzureAttempt(evidence);
        RuleResult[] own = (steps ?? AzureSteps.All).Apply(attempt);
        RuleResult[] results = [.. hardware.Results, .. own];
        bool holds = hardware.Evidence is not null && attempt.Runtime is not null && Array.TrueForAll(own, result => result.IsFine);
        return new Authentication(holds ? new AuthenticAzureGuest(attempt, hardware.Evidence!, results) : null, results);
    }
}
