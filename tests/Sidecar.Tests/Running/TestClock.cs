namespace ConfidentialOperator.Sidecar.Tests.Running;

/// <summary>A clock that stands still until it is moved; timers run on real time.</summary>
internal sealed class TestClock : TimeProvider
{
    private long _ticks = System.GetUtcNow().UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
