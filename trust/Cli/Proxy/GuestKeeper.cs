using ConfidentialOperator.Cli.Endpoints;
using ConfidentialOperator.Client;

namespace ConfidentialOperator.Cli.Proxy;

/// <summary>Verifies every model when the proxy starts, again when no proof is left, and says aloud what came of it.</summary>
internal sealed class GuestKeeper(ProxyOptions options, TimeProvider time, ILogger<GuestKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(options.Models.Select(model => KeepAsync(model.Key, model.Value, stoppingToken)));

    private async Task KeepAsync(string name, ModelConnection connection, CancellationToken stoppingToken)
    {
        Verification? told = null;
        TimeSpan pause = s_look;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (connection.Client.Guests.Count == 0)
            {
                Verification verification = await connection.Client.VerifyAsync(stoppingToken).ConfigureAwait(false);
                pause = verification.Accepted ? s_look : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, s_longestPause.Ticks));
            }

            if (connection.Client.LastVerification is { } last && last != told)
            {
                // The same refusal again and again is said once.
                Tell(name, last, told);
                told = last;
            }

            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Tell(string name, Verification verification, Verification? before)
    {
        if (!verification.Accepted)
        {
            if (before?.Refusal?.Reason != verification.Refusal.Reason)
            {
                logger.GuestRefused(name, verification.Refusal.Reason, verification.Refusal.Message);
            }

            return;
        }

        logger.GuestVerified(name, verification.Guest.Keyset.Replica, verification.Guest.Measurement, verification.Guest.ValidUntil);
        if (verification.Guest.Development)
        {
            logger.GuestIsDevelopment(name);
        }
    }
}
