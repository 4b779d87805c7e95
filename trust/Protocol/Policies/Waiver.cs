namespace ConfidentialOperator.Protocol.Policies;

/// <summary>A check that the owner does without.</summary>
/// <param name="Check">The name of the check in the policy.</param>
/// <param name="Reason">The owner's reason.</param>
public sealed record Waiver(string Check, string Reason);
