using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>A token, or why there is none.</summary>
internal sealed record AttestationOutcome(string Token, Refusal? Refusal);
