using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Running;

/// <summary>Ends a verb. It is caught in one place, where it becomes a line on standard error and an exit code.</summary>
internal sealed class CommandRefusedException(Refusal refusal) : Exception(refusal.Message)
{
    public CommandRefusedException(RefusalReason reason, string message)
        : this(new Refusal(reason, message))
    {
    }

    public Refusal Refusal { get; } = refusal;
}
