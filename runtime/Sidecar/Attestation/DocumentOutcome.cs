using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Sidecar.Attestation;

/// <summary>An attestation document, or why there is none.</summary>
internal sealed record DocumentOutcome(byte[] Document, Refusal? Refusal);
