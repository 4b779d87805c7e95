using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.EndToEnd.Tests.Running;

/// <summary>Waits for what happens in the background.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(3);

    /// <summary>Reads until what was read is as wanted.</summary>
    public static async Task<T> Is<T>(string what, Func<Task<T>> read, Func<T, bool> wanted)
    {
        const int LongestText = 8000;
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            T found = await read();
            if (wanted(found)) return found;
            if (Stopwatch.GetElapsedTime(start) > s_patience)
            {
                string text = (found as JsonNode)?.ToJsonString() ?? $"{found}";
                throw new TimeoutException($"{what}: not within {s_patience}. Last seen: {text[..Math.Min(text.Length, LongestText)]}");
            }

            await Task.Delay(s_pause, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Reads until two readings, some seconds apart, are the same.</summary>
    public static async Task<string> IsQuiet(string what, Func<Task<string>> read)
    {
        string last = await read();
        (string Before, string Now) calm = await Is(
            what + " comes to rest",
            async () =>
            {
                await Task.Delay(s_calm, TestContext.Current.CancellationToken);
                (string Before, string Now) readings = (last, await read());
                last = readings.Now;
                return readings;
            },
            readings => readings.Before == readings.Now);
        return calm.Now;
    }
}
