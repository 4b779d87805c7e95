using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Running;

/// <summary>A scene and what a list of rules must say about it.</summary>
/// <param name="Name">What the case is about.</param>
/// <param name="Rule">The rule that must fail first; null when every rule must hold.</param>
/// <param name="Reason">The reason with which it must fail.</param>
/// <param name="Scene">What the suite makes of it.</param>
internal sealed record RuleCase(string Name, string? Rule, RefusalReason Reason, object? Scene = null);
