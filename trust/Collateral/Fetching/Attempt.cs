using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply.Fetching;

/// <summary>What came of asking once.</summary>
/// <param name="Outcome">The answer or the refusal.</param>
/// <param name="MayRetry">Whether asking again can help: the service was overloaded, broken or not reached.</param>
/// <param name="RetryAfter">How long the service asked to be left alone.</param>
internal readonly record struct Attempt(Outcome<CollateralAnswer> Outcome, bool MayRetry = false, TimeSpan? RetryAfter = null);
