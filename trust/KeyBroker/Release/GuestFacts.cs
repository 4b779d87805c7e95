namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>What authentic evidence says of a guest, in words: for status, audit log and token. No decision is made from it.</summary>
internal sealed record GuestFacts
{
    public static GuestFacts Unknown { get; } = new();

    /// <summary>Gets the launch measurement in lower-case hex.</summary>
    public string Measurement { get; init; } = "";

    /// <summary>Gets the measured initdata digest (HOST_DATA) in lower-case hex.</summary>
    public string InitDataSha256 { get; init; } = "";

    /// <summary>Gets the reported TCB, for people.</summary>
    public string Tcb { get; init; } = "";

    /// <summary>Gets whether the evidence ends in a development root.</summary>
    public bool Development { get; init; }

    /// <summary>Gets the claims of the token under Trustee's names: text, numbers and truth values.</summary>
    public IReadOnlyDictionary<string, object> Claims { get; init; } = new Dictionary<string, object>();
}
