namespace ConfidentialOperator.Inference.Keys;

/// <summary>Turns the key ring on time.</summary>
internal sealed class KeyRotation(KeyRing keys, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            keys.Rotate();
        }
    }
}
