namespace ConfidentialOperator.CollateralSupply.Fetching;

/// <summary>The door to one host: one request at a time, and none before the time that the host asked for.</summary>
internal sealed class HostGate(TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Gets how long the host must still be left alone. Ask with the turn in hand.</summary>
    public TimeSpan Wait => NotBefore - time.GetUtcNow() is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    private DateTimeOffset NotBefore { get; set; } = DateTimeOffset.MinValue;

    public Task EnterAsync(CancellationToken cancellationToken) => _turn.WaitAsync(cancellationToken);

    public void Leave() => _turn.Release();

    /// <summary>Leaves the host alone for a while.</summary>
    public void Rest(TimeSpan wait) => NotBefore = time.GetUtcNow() + wait;

    public void Dispose() => _turn.Dispose();
}
