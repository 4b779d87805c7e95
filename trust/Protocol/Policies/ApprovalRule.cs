using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>How many of which people must approve a release.</summary>
/// <param name="Threshold">The number; zero for none.</param>
/// <param name="Keys">Their keys.</param>
public sealed record ApprovalRule(int Threshold, IReadOnlyList<OwnerPublicKey> Keys)
{
    /// <summary>Gets the rule that nobody needs to approve.</summary>
    public static ApprovalRule None { get; } = new(0, []);
}
