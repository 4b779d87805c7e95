namespace ConfidentialOperator.ApiServer.Faults;

/// <summary>Something that goes wrong with the next requests that match. Null members match everything.</summary>
public sealed record Fault
{
    /// <summary>Gets the verb, for example <c>patch</c>.</summary>
    public string? Verb { get; init; }

    /// <summary>Gets the resource as <c>plural.group</c>.</summary>
    public string? Resource { get; init; }

    /// <summary>Gets the subresource; empty means the object itself.</summary>
    public string? Subresource { get; init; }

    /// <summary>Gets a part of the user agent.</summary>
    public string? UserAgent { get; init; }

    /// <summary>Gets the HTTP status to answer with: 409, 410, 429, 500, 503. Null lets the request go on after the delay.</summary>
    public int? Status { get; init; }

    /// <summary>Gets the seconds of <c>Retry-After</c> for 429.</summary>
    public int RetryAfterSeconds { get; init; } = 1;

    /// <summary>Gets how long the request waits first.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Gets whether the connection is cut instead of answered.</summary>
    public bool Disconnect { get; init; }

    /// <summary>Gets whether a watch is answered with 200 and an ERROR event, as a real server tells that a version is too old.</summary>
    public bool InStream { get; init; }

    /// <summary>Gets whether the request is carried out before it fails: the write that happened although the client saw an error.</summary>
    public bool AfterTheFact { get; init; }
}
