namespace ConfidentialOperator.KeyBroker.Sessions;

/// <summary>Removes expired sessions once a minute; they are refused whether it ran or not.</summary>
internal sealed class SessionSweeper(SessionStore sessions, TimeProvider time, ILogger<SessionSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await SweepAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            int removed = await sessions.SweepAsync(cancellationToken).ConfigureAwait(false);
            if (removed > 0)
            {
                logger.SessionsSwept(removed);
            }
        }
        catch (Microsoft.Data.Sqlite.SqliteException exception)
        {
            logger.SweepFailed(exception);
        }
    }
}
