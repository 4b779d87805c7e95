using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Rules;

/// <summary>What is written about a rule, whatever its subject.</summary>
internal interface IRule
{
    public string Name { get; }

    public RuleAspect Aspect { get; }

    public string Specification { get; }

    /// <summary>Gets the reasons for which it refuses, the usual one first.</summary>
    public RefusalReason[] Reasons { get; }

    public string? Waiver { get; }

    /// <summary>Gets whether it only tells something and refuses nobody.</summary>
    public bool IsOnlyTold { get; }

    /// <summary>Gets the name of the method that looks, which says when the rule holds.</summary>
    public string LookName { get; }
}
