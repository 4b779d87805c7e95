using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply.Caching;

/// <summary>
/// Remembers for a short time which questions got no answer, in memory alone. Evidence may name chips that do not exist: when there is no room, the oldest goes,
/// and no more is lost than one question to a service.
/// </summary>
internal sealed class RefusalMemory(TimeSpan age, int most, TimeProvider time)
{
    private readonly Dictionary<string, (Refusal Refusal, DateTimeOffset At)> _refusals = new(StringComparer.Ordinal);
    private readonly Queue<(string Name, DateTimeOffset At)> _order = new();
    private readonly Lock _lock = new();

    public Refusal? Find(string name)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            // A clock that was set back makes an entry look new for too long: what was refused later than now is not believed.
            return _refusals.TryGetValue(name, out (Refusal Refusal, DateTimeOffset At) known) && known.At <= now && now - known.At < age ? known.Refusal : null;
        }
    }

    public void Add(string name, Refusal refusal)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            _refusals[name] = (refusal, now);
            _order.Enqueue((name, now));
            while (_order.Count > most)
            {
                (string oldest, DateTimeOffset at) = _order.Dequeue();
                if (_refusals.TryGetValue(oldest, out (Refusal Refusal, DateTimeOffset At) known) && known.At == at)
                {
                    _refusals.Remove(oldest);
                }
            }
        }
    }
}
