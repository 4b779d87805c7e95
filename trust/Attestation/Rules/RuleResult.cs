using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Rules;

/// <summary>One rule with its outcome, in a form that a person can read and a program can act on.</summary>
public sealed record RuleResult
{
    /// <summary>The subject of rules about the CPU's evidence.</summary>
    public const string Cpu = "cpu";

    /// <summary>Gets the rule's stable name.</summary>
    public required string Rule { get; init; }

    /// <summary>Gets the part of the machine that it is about: <c>cpu</c>, <c>keyset</c>, <c>gpu0</c>, <c>nvswitch0</c>.</summary>
    public string Subject { get; init; } = Cpu;

    /// <summary>Gets the question that it answers.</summary>
    public required RuleAspect Aspect { get; init; }

    /// <summary>Gets the outcome.</summary>
    public required RuleOutcome Outcome { get; init; }

    /// <summary>Gets what was expected.</summary>
    public required string Expected { get; init; }

    /// <summary>Gets what was found.</summary>
    public required string Found { get; init; }

    /// <summary>Gets the reason code; <see cref="RefusalReason.None"/> unless the rule failed.</summary>
    public RefusalReason Reason { get; init; }

    /// <summary>Gets the sentence of a failure, the owner's reason for a waiver, or what a rule that was not judged needs; otherwise empty.</summary>
    public string Message { get; init; } = "";

    /// <summary>Gets where the rule is written down.</summary>
    public required string Specification { get; init; }

    /// <summary>Gets whether it stands in nobody's way: it holds, is waived by the owner, or only tells something.</summary>
    public bool IsFine => Outcome is RuleOutcome.Passed or RuleOutcome.Waived or RuleOutcome.Noted;

    /// <summary>Gets the refusal; null unless the rule failed.</summary>
    public Refusal? Refusal => Outcome == RuleOutcome.Failed ? new Refusal(Reason, Message) : null;
}
