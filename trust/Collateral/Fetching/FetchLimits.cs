namespace ConfidentialOperator.CollateralSupply.Fetching;

/// <summary>How long and how often a service is asked.</summary>
public sealed record FetchLimits
{
    /// <summary>Gets the time that one attempt may take, the body included.</summary>
    public TimeSpan Attempt { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets how often a service that is overloaded or broken is asked.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Gets the wait after the first attempt; it doubles after each.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the longest wait. A service that asks for more is left alone until then, and requests are refused meanwhile.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long a host is left alone that failed as many attempts in a row: requests are refused at once meanwhile, so that no asker waits for it in vain.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMinutes(2);
}
