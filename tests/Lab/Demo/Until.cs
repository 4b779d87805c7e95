using System.Diagnostics;
using ConfidentialOperator.Lab.Hosting;

namespace ConfidentialOperator.Lab.Demo;

/// <summary>Waits for what others bring about.</summary>
internal static class Until
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    public static async Task<T> GivesAsync<T>(Func<T?> read, string what, CancellationToken cancellationToken)
        where T : class
    {
        long start = Stopwatch.GetTimestamp();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(25));
        while (Stopwatch.GetElapsedTime(start) < s_limit)
        {
            if (read() is { } value) return value;
            await timer.WaitForNextTickAsync(cancellationToken);
        }

        throw new LabException($"It was waited in vain for {s_limit.TotalSeconds} seconds until {what}.");
    }
}
