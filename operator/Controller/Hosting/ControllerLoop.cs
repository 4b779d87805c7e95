using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Controller.Reconciling;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Controller.Hosting;

/// <summary>
/// The life of the process: caches are kept warm from the start, work is done only while leading, running passes end before the Lease is
/// given back. A leader that lost the Lease stops its work and waits for its next term: an API server that is away for long ends no process.
/// </summary>
internal sealed class ControllerLoop(
    ClusterReflectors reflectors, ClusterView cluster, ReconcileWorkers workers, LeaderElection election, EventRecorder events,
    IOptions<ControllerOptions> options, ILogger<ControllerLoop> logger) : BackgroundService
{
    private static readonly TimeSpan s_lastEvents = TimeSpan.FromSeconds(2);

    /// <summary>Gets whether the caches are filled.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Gets how often the Lease was lost.</summary>
    public int LostTerms { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using CancellationTokenSource watching = new();
        Task reflecting = reflectors.RunAsync(watching.Token);
        try
        {
            await reflectors.Synced.WaitAsync(stoppingToken).ConfigureAwait(false);
            IsReady = true;
            logger.Synced(cluster.Models.Count);
            while (!stoppingToken.IsCancellationRequested)
            {
                await LeadAsync(stoppingToken).ConfigureAwait(false);
            }
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

        // After a lost Lease every write could undo another leader's: running passes stop at once, and all of them before the next term.
        bool lost = held.IsCompleted;
        passes.CancelAfter(lost ? TimeSpan.Zero : options.Value.ShutdownGrace);
        await working.ConfigureAwait(false);
        if (!lost)
        {
            events.Complete();
        }

        telling.CancelAfter(lost ? TimeSpan.Zero : s_lastEvents);
        await recording.ConfigureAwait(false);
        await holding.CancelAsync().ConfigureAwait(false);
        if (await held.ConfigureAwait(false))
        {
            LostTerms++;
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
