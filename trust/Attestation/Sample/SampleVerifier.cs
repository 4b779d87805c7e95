using ConfidentialOperator.Attestation.Rules;

namespace ConfidentialOperator.Attestation.Sample;

/// <summary>Decides whether sample evidence is let through.</summary>
internal static class SampleVerifier
{
    public static Authentication Authenticate(SampleClaim claim, bool isAllowed, RuleList<SampleAttempt>? steps = null)
    {
        RuleResult[] results = (steps ?? SampleSteps.All).Apply(new SampleAttempt(claim, isAllowed));
        return new Authentication(Array.TrueForAll(results, result => result.IsFine) ? new UnprovenSample(claim, results) : null, results);
    }
}
