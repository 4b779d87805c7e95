namespace ConfidentialOperator.Protocol.Policies;

/// <summary>What an owner demands of the event log.</summary>
public sealed class TdxEventLog
{
    private TdxEventLog()
    {
    }

    /// <summary>Gets the one demand: a log must come with the quote. That a log which came leads to the registers is demanded always.</summary>
    public static TdxEventLog Required { get; } = new();
}
