using System.Security.Cryptography;

namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>Waiting times that double up to a limit, each a little different so that many who wait do not come back together.</summary>
internal sealed record Backoff(TimeSpan First, TimeSpan Longest)
{
    private const double Jitter = 0.2;

    /// <summary>Gets the time to wait after so many failures, the first of which has the number 1.</summary>
    public TimeSpan After(int failures)
    {
        double doubled = First.TotalMilliseconds * Math.Pow(2, Math.Clamp(failures - 1, 0, 30));
        double random = RandomNumberGenerator.GetInt32(1_000_000) / 1_000_000.0;
        return TimeSpan.FromMilliseconds(Math.Min(doubled, Longest.TotalMilliseconds) * (1 - Jitter + (2 * Jitter * random)));
    }
}
