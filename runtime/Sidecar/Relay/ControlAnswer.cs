using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Sidecar.Relay;

/// <summary>An answer of Inference on its control socket.</summary>
/// <param name="Body">The body of a success.</param>
/// <param name="Refusal">Why there is none.</param>
/// <param name="IsAway">Whether Inference did not answer at all.</param>
internal sealed record ControlAnswer(byte[] Body, Refusal? Refusal, bool IsAway = false);
