using System.Runtime.CompilerServices;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Rules;

/// <summary>What one rule found.</summary>
internal readonly record struct Finding(RuleOutcome Outcome, string Expected, string Found, RefusalReason Reason = RefusalReason.None, string Message = "")
{
    public static Finding Passed(string expected, string found) => new(RuleOutcome.Passed, expected, found);

    public static Finding Failed(RefusalReason reason, string expected, string found, string message) => new(RuleOutcome.Failed, expected, found, reason, message);

    /// <summary>A rule that holds or does not.</summary>
    public static Finding Of(bool holds, RefusalReason reason, string expected, string found, string message) =>
        holds ? Passed(expected, found) : Failed(reason, expected, found, message);

    /// <summary>A rule that holds or does not; the sentence is put together only when it does not.</summary>
    public static Finding Of(bool holds, RefusalReason reason, string expected, string found,
        [InterpolatedStringHandlerArgument(nameof(holds))] ref FailureText message) =>
        holds ? Passed(expected, found) : Failed(reason, expected, found, message.Take());

    /// <summary>A rule that the owner may waive.</summary>
    public static Finding Of<T>(Expectation<T> expectation, string found, Func<T, Finding> look)
        where T : class =>
        expectation.IsWaived ? Waived(expectation.WaivedBecause, found) : look(expectation.Value);

    /// <summary>A rule that the owner waived, for this reason.</summary>
    public static Finding Waived(string reason, string found) => new(RuleOutcome.Waived, "not checked", found, RefusalReason.None, reason);

    public static Finding Noted(string expected, string found, string message) => new(RuleOutcome.Noted, expected, found, RefusalReason.None, message);

    /// <summary>A rule that could not be judged: what it looks at is missing, because an earlier rule failed.</summary>
    /// <param name="needs">What is missing.</param>
    public static Finding NotReached(string needs) => new(RuleOutcome.NotReached, needs, "not available", RefusalReason.None, $"Not judged: it needs {needs}.");
}
