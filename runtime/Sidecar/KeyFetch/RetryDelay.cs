using System.Security.Cryptography;

namespace ConfidentialOperator.Sidecar.KeyFetch;

/// <summary>The wait after refusals: it doubles up to a limit, and a random part keeps replicas from asking in step.</summary>
internal sealed class RetryDelay(TimeSpan first, TimeSpan longest)
{
    private const int Grain = 1000;

    private int _doublings;

    public void Reset() => _doublings = 0;

    /// <summary>Returns the wait: from three quarters of it to the whole, and never less than what the broker asked for.</summary>
    public TimeSpan Next(TimeSpan? asked)
    {
        double ticks = Math.Min(first.Ticks * Math.Pow(2, _doublings), longest.Ticks);
        _doublings = ticks < longest.Ticks ? _doublings + 1 : _doublings;
        TimeSpan full = TimeSpan.FromTicks((long)ticks);
        TimeSpan wait = full * (0.75 + (0.25 * RandomNumberGenerator.GetInt32(Grain + 1) / Grain));
        return asked > wait ? (asked.Value < longest ? asked.Value : longest) : wait;
    }
}
