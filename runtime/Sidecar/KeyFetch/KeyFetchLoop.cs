using ConfidentialOperator.Protocol;
using ConfidentialOperator.Sidecar.Status;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Sidecar.KeyFetch;

/// <summary>Runs rounds: at start, every interval, when asked, when Inference began anew, and after a refusal with back-off.</summary>
internal sealed class KeyFetchLoop(KeyFetchRound round, RefreshTrigger refresh, ReplicaState state, IOptions<SidecarOptions> options, Telemetry telemetry,
    ILogger<KeyFetchLoop> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var delay = new RetryDelay(options.Value.KeyBroker.RetryDelay, options.Value.KeyBroker.LongestRetryDelay);
        while (!stoppingToken.IsCancellationRequested)
        {
            RoundOutcome outcome = await RunAsync(stoppingToken).ConfigureAwait(false);
            telemetry.Round(outcome.Refusal?.Reason ?? RefusalReason.KeyReleased);
            TimeSpan wait;
            if (outcome.Refusal is null)
            {
                state.Succeed();
                delay.Reset();
                wait = options.Value.ReattestInterval;
                logger.KeyReleased(wait);
            }
            else
            {
                state.Refuse(outcome.Refusal);
                wait = delay.Next(outcome.RetryAfter);
                logger.RoundRefused(outcome.Refusal.Reason, wait);
            }

            await refresh.WaitAsync(wait, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task<RoundOutcome> RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            return await round.RunAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            // A fault must not end the loop: the next round may find a better world.
            logger.RoundFailed(exception);
            return new RoundOutcome(new Refusal(RefusalReason.InternalError, "The Sidecar failed; its log says more."));
        }
    }
}
