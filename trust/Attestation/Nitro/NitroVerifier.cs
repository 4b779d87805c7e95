using ConfidentialOperator.Attestation.Rules;

namespace ConfidentialOperator.Attestation.Nitro;

/// <summary>Decides whether AWS vouches for a document: signature, chain to an accepted root, and the times of both.</summary>
internal static class NitroVerifier
{
    /// <summary>Authenticates a document.</summary>
    /// <param name="document">The document, with its certificates.</param>
    /// <param name="roots">The accepted roots.</param>
    /// <param name="now">The time at which certificates must be valid.</param>
    /// <param name="steps">The steps; null for all of them.</param>
    public static Authentication Authenticate(NitroDocument document, TrustRoots roots, DateTimeOffset now, RuleList<NitroAttempt>? steps = null)
    {
        var attempt = new NitroAttempt(document, roots, now);
        RuleResult[] results = (steps ?? NitroSteps.All).Apply(attempt);
        bool holds = Array.TrueForAll(results, result => result.IsFine) && attempt.Path is not null;
        return new Authentication(holds ? new AuthenticNitroDocument(attempt, results) : null, results);
    }
}
