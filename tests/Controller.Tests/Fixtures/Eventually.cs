using System.Diagnostics;

namespace ConfidentialOperator.Controller.Tests.Fixtures;

/// <summary>Waits for what happens in the background.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static async Task IsTrue(Func<bool> condition, Func<string>? explain = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > s_patience)
            {
                Assert.Fail("It did not happen within a minute. " + explain?.Invoke());
            }

            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until a number has not changed for a while.</summary>
    public static async Task IsQuiet(Func<long> number, TimeSpan calm)
    {
        long start = Stopwatch.GetTimestamp();
        long since = start;
        long last = number();
        while (Stopwatch.GetElapsedTime(since) < calm)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, $"It does not come to rest; it is at {last}.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
            if (number() is { } now && now != last)
            {
                (last, since) = (now, Stopwatch.GetTimestamp());
            }
        }
    }
}
