using System.Security.Cryptography;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Inference.Keys;

/// <summary>
/// The generations of keys: each is handed out for an hour, opens requests for ten minutes more, and is destroyed. The clock that counts is the
/// one that cannot be set, since whoever runs the guest could otherwise keep a key alive.
/// </summary>
internal sealed class KeyRing : IDisposable
{
    public static readonly TimeSpan Active = TimeSpan.FromHours(1);
    public static readonly TimeSpan Draining = TimeSpan.FromMinutes(10);

    // 32 bytes each: with this many remembered requests a generation is replaced and destroyed before its time.
    private const int MostRequests = 2_000_000;

    private readonly Lock _lock = new();
    private readonly List<KeyGeneration> _live = [];
    private readonly TimeProvider _time;
    private readonly Telemetry _telemetry;
    private readonly ILogger<KeyRing> _logger;
    private readonly int _mostRequests;

    // A random beginning: after a restart, a request to an old key is told that its key is gone, not that it is broken.
    private byte _nextKeyId = (byte)(RandomNumberGenerator.GetInt32(128) * 2);

    public KeyRing(TimeProvider time, Telemetry telemetry, ILogger<KeyRing> logger)
        : this(time, telemetry, logger, MostRequests)
    {
    }

    internal KeyRing(TimeProvider time, Telemetry telemetry, ILogger<KeyRing> logger, int mostRequests)
    {
        _time = time;
        _telemetry = telemetry;
        _logger = logger;
        _mostRequests = mostRequests;
        _live.Add(Make());
    }

    /// <summary>Gets the generation that is handed out now.</summary>
    public KeyGeneration Current
    {
        get
        {
            lock (_lock)
            {
                Turn();
                return _live[^1];
            }
        }
    }

    /// <summary>Lends the key that a header names; null when it is not in force.</summary>
    public KeyLease? Lend(OhttpRequestHeader header)
    {
        lock (_lock)
        {
            Turn();
            return _live.Select(generation => generation.Lend(header)).FirstOrDefault(lease => lease is not null);
        }
    }

    /// <summary>Makes and destroys what is due; called by a timer, so that a key dies on time also when nobody asks.</summary>
    public void Rotate() => _ = Current;

    public void Dispose()
    {
        lock (_lock)
        {
            _live.ForEach(generation => generation.Retire());
        }
    }

    private void Turn()
    {
        long now = _time.GetTimestamp();

        // One whose memory is full opens nothing more: kept, it would let strangers fill the guest with memories of them.
        foreach (KeyGeneration ended in _live.Where(generation => now >= generation.DestroyAt || generation.Replays.IsFull).ToArray())
        {
            ended.Retire();
            _live.Remove(ended);
        }

        if (_live.Count == 0 || now >= _live[^1].ActiveUntil)
        {
            _live.Add(Make());
            _logger.KeysRotated(_live.Count);
        }
    }

    private KeyGeneration Make()
    {
        long now = _time.GetTimestamp();
        byte keyId = _nextKeyId;
        _nextKeyId = unchecked((byte)(_nextKeyId + 2));
        _telemetry.Rotated();
        return new KeyGeneration(keyId, now + Stamps(Active), now + Stamps(Active + Draining), _time.GetUtcNow() + Active + Draining, _mostRequests);
    }

    private long Stamps(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
