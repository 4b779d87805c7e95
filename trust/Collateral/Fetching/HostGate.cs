using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply.Fetching;

/// <summary>The door to one host: one request at a time, none before the time that the host asked for, and none for a while after it failed again and again.</summary>
internal sealed class HostGate(TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _failures;
    private Refusal? _failure;
    private DateTimeOffset _closedAt = DateTimeOffset.MinValue;
    private TimeSpan _pause;

    /// <summary>Gets how long the host must still be left alone. Ask with the turn in hand.</summary>
    public TimeSpan Wait => NotBefore - time.GetUtcNow() is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>Gets why the host failed as often as it may in a row; null while it is not left alone for that, and after its clock was set back.</summary>
    public Refusal? Down => time.GetUtcNow() - _closedAt is { Ticks: >= 0 } since && since < _pause ? _failure : null;

    private DateTimeOffset NotBefore { get; set; } = DateTimeOffset.MinValue;

    public Task EnterAsync(CancellationToken cancellationToken) => _turn.WaitAsync(cancellationToken);

    public void Leave() => _turn.Release();

    /// <summary>Leaves the host alone for a while.</summary>
    public void Rest(TimeSpan wait) => NotBefore = time.GetUtcNow() + wait;

    /// <summary>Counts a failure, whoever asked. At the limit the host is left alone; after that pause one more failure is enough.</summary>
    public void Fail(Refusal failure, int limit, TimeSpan pause)
    {
        if (++_failures >= limit)
        {
            (_failure, _closedAt, _pause) = (failure, time.GetUtcNow(), pause);
        }
    }

    /// <summary>The host answered.</summary>
    public void Succeed() => _failures = 0;

    public void Dispose() => _turn.Dispose();
}
