using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Controller.Broker;

/// <summary>What became of the last envelope that was brought to the broker.</summary>
/// <param name="PayloadSha256">Which it was.</param>
/// <param name="Refusal">Why the broker did not take it; null when it did.</param>
/// <param name="At">When.</param>
internal sealed record PolicyDelivery(string PayloadSha256, Refusal? Refusal, DateTimeOffset At);
