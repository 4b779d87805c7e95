using System.Collections.Concurrent;

namespace ConfidentialOperator.KeyBroker.Audit;

/// <summary>
/// How many refusals of strangers (no authentic evidence, no owner's token) a tenant's log takes in a minute. What is above it is counted and the
/// number stands in the next record, so that nobody can fill the disk with signed records of nothing.
/// </summary>
internal sealed class RefusalBudget(TimeProvider time)
{
    public const int PerMinute = 120;
    private readonly ConcurrentDictionary<string, Window> _windows = new(StringComparer.Ordinal);

    /// <summary>Says whether a refusal is recorded, and how many before it were not.</summary>
    public bool TrySpend(string tenant, out long unrecorded)
    {
        Window window = _windows.GetOrAdd(tenant, _ => new Window());
        long minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        lock (window)
        {
            if (window.Minute != minute)
            {
                window.Minute = minute;
                window.Spent = 0;
            }

            bool recorded = window.Spent < PerMinute;
            unrecorded = recorded ? window.Unrecorded : 0;
            window.Unrecorded = recorded ? 0 : window.Unrecorded + 1;
            window.Spent += recorded ? 1 : 0;
            return recorded;
        }
    }

    private sealed class Window
    {
        public long Minute { get; set; }

        public int Spent { get; set; }

        public long Unrecorded { get; set; }
    }
}
