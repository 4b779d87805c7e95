using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Controller.Reconciling;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Controller.Hosting;

/// <summary>
/// The life of the process: caches are kept warm from the start, work is done only while leading, running passes end before the Lease is
/// given back. A leader that lost the Lease ends the process.
/// </summary>
internal sealed class ControllerLoop(
    ClusterReflectors reflectors, ClusterView cluster, ReconcileWorkers workers, LeaderElection election, EventRecorder events,
    IOptions<ControllerOptions> options, IHostApplicationLifetime lifetime, ILogger<ControllerLoop> logger) : BackgroundService
{
    private static readonly TimeSpan s_lastEvents = TimeSpan.FromSeconds(2);

    /// <summary>Gets whether the caches are filled.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Gets whether the process ended because it lost the Lease.</summary>
    public bool HasLostLease { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using CancellationTokenSource watching = new();
        Task reflecting = reflectors.RunAsync(watching.Token);
        try
        {
            await reflectors.Synced.WaitAsync(stoppingToken).ConfigureAwait(false);
            IsReady = true;
            logger.Synced(cluster.Models.Count);
            await LeadAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            await watching.CancelAsync().ConfigureAwait(false);
            await reflecting.ConfigureAwait(false);
        }
    }

    private async Task LeadAsync(CancellationToken stoppingToken)
    {
        bool elect = options.Value.LeaderElection;
        if (elect)
        {
            await election.AcquireAsync(stoppingToken).ConfigureAwait(false);
        }

        using CancellationTokenSource term = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using CancellationTokenSource passes = new();
        using CancellationTokenSource holding = new();
        using CancellationTokenSource telling = new();
        Task recording = events.RunAsync(telling.Token);
        Task working = workers.RunAsync(term.Token, passes.Token);
        Task<bool> held = elect ? election.HoldAsync(holding.Token) : NeverLostAsync(holding.Token);
        await Task.WhenAny(held, working).ConfigureAwait(false);
        await term.CancelAsync().ConfigureAwait(false);

        // After a lost Lease every write could undo another leader's: running passes stop at once.
        passes.CancelAfter(held.IsCompleted ? TimeSpan.Zero : options.Value.ShutdownGrace);
        await working.ConfigureAwait(false);
        events.Complete();
        telling.CancelAfter(held.IsCompleted ? TimeSpan.Zero : s_lastEvents);
        await recording.ConfigureAwait(false);
        await holding.CancelAsync().ConfigureAwait(false);
        if (await held.ConfigureAwait(false))
        {
            HasLostLease = true;
            lifetime.StopApplication();
        }
        else if (elect)
        {
            await election.ReleaseAsync().ConfigureAwait(false);
        }
    }

    private static async Task<bool> NeverLostAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = cancellationToken.Register(ended.SetResult);
        await ended.Task.ConfigureAwait(false);
        return false;
    }
}
