namespace ConfidentialOperator.Protocol;

/// <summary>Why something was refused: a stable code and one sentence that says what was expected, what was found and what to do.</summary>
/// <param name="Reason">The stable code: the same word in conditions, events, logs, metrics, audit records and CLI output.</param>
/// <param name="Message">One sentence without content of prompts, answers or keys.</param>
public sealed record Refusal(RefusalReason Reason, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Reason}: {Message}";
}
