namespace ConfidentialOperator.Protocol.Policies;

/// <summary>The mitigations that must be in force, by AMD's bits for the product; reports of version 5 tell them.</summary>
/// <param name="Launch">The bits of LAUNCH_MIT_VECTOR that must be set.</param>
/// <param name="Current">The bits of CURRENT_MIT_VECTOR that must be set.</param>
public sealed record SnpMitigations(ulong Launch, ulong Current);
