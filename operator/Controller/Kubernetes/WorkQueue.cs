namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>
/// Keys that need a look. A key is in the queue once however often it is added, is handed to one worker at a time, and comes back after the
/// worker is done when it was added meanwhile. Keys of the first list go behind what users do now.
/// </summary>
internal sealed class WorkQueue : IDisposable
{
    // A timer cannot wait for years, but the end of a policy can be that far away.
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(1);
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Backoff _backoff;
    private readonly Telemetry _telemetry;
    private readonly Queue<ObjectKey> _urgent = new();
    private readonly Queue<ObjectKey> _patient = new();
    private readonly Dictionary<ObjectKey, Entry> _dirty = [];
    private readonly Dictionary<ObjectKey, long> _working = [];
    private readonly Dictionary<ObjectKey, int> _failures = [];
    private readonly Dictionary<ObjectKey, long> _due = [];
    private readonly PriorityQueue<ObjectKey, long> _waiting = new();
    private readonly SemaphoreSlim _ready = new(0);
    private readonly ITimer _timer;

    public WorkQueue(TimeProvider time, Backoff backoff, Telemetry telemetry)
    {
        (_time, _backoff, _telemetry) = (time, backoff, telemetry);
        _timer = time.CreateTimer(_ => Ripen(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        telemetry.Watch(this);
    }

    public int Depth
    {
        get
        {
            lock (_gate)
            {
                return _dirty.Count(entry => entry.Value.Queued);
            }
        }
    }

    /// <summary>Gets how long each worker has been at its key.</summary>
    public IReadOnlyList<TimeSpan> Working
    {
        get
        {
            lock (_gate)
            {
                return [.. _working.Values.Select(start => _time.GetElapsedTime(start))];
            }
        }
    }

    public void Add(ObjectKey key, bool patient = false)
    {
        lock (_gate)
        {
            if (_dirty.TryGetValue(key, out Entry known))
            {
                if (known.Patient && !patient)
                {
                    _dirty[key] = known with { Patient = false };
                    Enqueue(key, known.Queued);
                }

                return;
            }

            bool queued = !_working.ContainsKey(key);
            _dirty[key] = new Entry(_time.GetTimestamp(), patient, queued);
            _telemetry.QueueAdd();
            Enqueue(key, queued);
        }
    }

    /// <summary>Adds a key after some time; when it waits already, the earlier time counts.</summary>
    public void AddAfter(ObjectKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }

        lock (_gate)
        {
            long due = _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency);
            if (!_due.TryGetValue(key, out long known) || due < known)
            {
                _due[key] = due;
                _waiting.Enqueue(key, due);
                Arm();
            }
        }
    }

    /// <summary>Adds a key that failed: each time in a row it waits longer.</summary>
    public void AddRateLimited(ObjectKey key)
    {
        TimeSpan delay;
        lock (_gate)
        {
            int failures = _failures.GetValueOrDefault(key) + 1;
            _failures[key] = failures;
            delay = _backoff.After(failures);
        }

        _telemetry.QueueRetry();
        AddAfter(key, delay);
    }

    /// <summary>Ends the series of failures.</summary>
    public void Forget(ObjectKey key)
    {
        lock (_gate)
        {
            _failures.Remove(key);
        }
    }

    /// <summary>Waits for a key; it belongs to the caller until <see cref="Done"/>.</summary>
    public async Task<ObjectKey> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _ready.WaitAsync(cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                if (TryTake(out ObjectKey key))
                {
                    return key;
                }
            }
        }
    }

    public void Done(ObjectKey key)
    {
        lock (_gate)
        {
            if (_working.Remove(key, out long start))
            {
                _telemetry.QueueWork(_time.GetElapsedTime(start));
            }

            if (_dirty.TryGetValue(key, out Entry entry) && !entry.Queued)
            {
                _dirty[key] = entry with { Queued = true };
                Enqueue(key, queued: true);
            }
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _ready.Dispose();
    }

    private void Enqueue(ObjectKey key, bool queued)
    {
        if (queued)
        {
            (_dirty[key].Patient ? _patient : _urgent).Enqueue(key);
            _ready.Release();
        }
    }

    // A key that became urgent stands in both lines; whichever comes second finds it taken.
    private bool TryTake(out ObjectKey key)
    {
        while (_urgent.TryDequeue(out key) || _patient.TryDequeue(out key))
        {
            if (_dirty.TryGetValue(key, out Entry entry) && entry.Queued)
            {
                _dirty.Remove(key);
                _working[key] = _time.GetTimestamp();
                _telemetry.QueueWait(_time.GetElapsedTime(entry.Added));
                return true;
            }
        }

        return false;
    }

    private void Ripen()
    {
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            while (_waiting.TryPeek(out ObjectKey key, out long due) && due <= now)
            {
                _waiting.Dequeue();
                if (_due.TryGetValue(key, out long wanted) && wanted == due)
                {
                    _due.Remove(key);
                    Add(key);
                }
            }

            Arm();
        }
    }

    private void Arm()
    {
        if (_waiting.TryPeek(out _, out long due))
        {
            double seconds = Math.Clamp((double)(due - _time.GetTimestamp()) / _time.TimestampFrequency, 0, s_longestTimer.TotalSeconds);
            _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(seconds * 1000)), Timeout.InfiniteTimeSpan);
        }
    }

    /// <param name="Added">When.</param>
    /// <param name="Patient">Whether others go first.</param>
    /// <param name="Queued">Whether it stands in line; otherwise a worker has the key still.</param>
    private readonly record struct Entry(long Added, bool Patient, bool Queued);
}
