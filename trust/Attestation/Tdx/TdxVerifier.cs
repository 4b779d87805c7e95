using ConfidentialOperator.Attestation.Rules;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>Decides whether Intel's hardware vouches for a quote, and what Intel says about the platform.</summary>
internal static class TdxVerifier
{
    /// <summary>Authenticates a quote.</summary>
    /// <param name="attempt">The quote with its collateral.</param>
    /// <param name="roots">The roots that the attempt was made with, which remember what proved authentic.</param>
    /// <param name="steps">The steps about the quote; null for all of them.</param>
    /// <param name="platformSteps">
    /// The steps about the platform; null for all of them. Without collateral, all of these fail or are not reached. Only the recorded cases that ask for
    /// nothing of the platform leave them out, and the result then has no TCB status, which no policy accepts.
    /// </param>
    public static Authentication Authenticate(TdxAttempt attempt, TrustRoots roots, RuleList<TdxAttempt>? steps = null, RuleList<TdxAttempt>? platformSteps = null)
    {
        RuleResult[] results = [.. (steps ?? TdxSteps.All).Apply(attempt), .. (platformSteps ?? PlatformSteps.All).Apply(attempt)];
        if (!Array.TrueForAll(results, result => result.IsFine) || attempt is not { Platform: { } platform, Pck: not null })
        {
            return new Authentication(null, results);
        }

        roots.Tdx.Keep(attempt.Certification, attempt.Collateral.PiecesOf(platform.Info, platform.Identity, platform.PckList, platform.RootList,
            platform.InfoSigner?.Leaf, platform.IdentitySigner?.Leaf));
        return new Authentication(new AuthenticTdxQuote(attempt, results), results);
    }
}
