namespace ConfidentialOperator.CollateralSupply.Requests;

/// <summary>Which of Intel's sets of TCB data is asked for: after a recovery the new set is early first and standard later, and both are signed.</summary>
public sealed record TcbEdition
{
    private readonly string _query;

    private TcbEdition(string query) => _query = query;

    /// <summary>Gets the set that platforms are expected to have reached.</summary>
    public static TcbEdition Standard { get; } = new("update=standard");

    /// <summary>Gets the newest set.</summary>
    public static TcbEdition Early { get; } = new("update=early");

    /// <summary>Returns the set with a number of <see cref="IntelRequests.TcbNumbers"/>. Intel takes a number or an edition, never both.</summary>
    public static TcbEdition Numbered(int number) => number > 0 ? new($"tcbEvaluationDataNumber={number}")
        : throw new ArgumentOutOfRangeException(nameof(number), number, "An evaluation data number is above zero.");

    /// <summary>Returns the query's part.</summary>
    public override string ToString() => _query;
}
