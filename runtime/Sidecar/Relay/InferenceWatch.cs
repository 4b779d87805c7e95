using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Sidecar.KeyFetch;
using ConfidentialOperator.Sidecar.Status;

namespace ConfidentialOperator.Sidecar.Relay;

/// <summary>Keeps an eye on Inference: what it says of itself, and whether it is still the process that the key was given to.</summary>
internal sealed class InferenceWatch(InferenceControl control, ReplicaState state, SealingKeys keys, RefreshTrigger refresh, Telemetry telemetry,
    TimeProvider time, ILogger<InferenceWatch> logger) : BackgroundService
{
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_alert = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _turn = new(1);
    private ByteString? _servedKey;
    private bool _wasAway = true;

    /// <summary>Notes which process the model's key was sealed for.</summary>
    public void Delivered(TeePublicKey key) => Volatile.Write(ref _servedKey, key.Sha256);

    /// <summary>Asks Inference now.</summary>
    public async Task<InferenceState?> LookAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ControlAnswer answer = await control.StateAsync(cancellationToken).ConfigureAwait(false);
            InferenceState? found = answer.Refusal is null && Contract.TryRead(answer.Body, out InferenceState? read, out _) ? read : null;
            if (found?.KeysetSha256 != state.Inference?.KeysetSha256)
            {
                keys.Forget();
            }

            await CheckIdentityAsync(found, cancellationToken).ConfigureAwait(false);
            state.Observe(found);
            return found;
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            InferenceState? found = await LookAsync(stoppingToken).ConfigureAwait(false);
            await Task.Delay(found is { Phase: InferencePhase.Ready } ? s_calm : s_alert, time, stoppingToken).ConfigureAwait(false);
        }
    }

    // A process that serves nothing although a key was delivered may be another one; only its own key tells.
    private async Task CheckIdentityAsync(InferenceState? found, CancellationToken cancellationToken)
    {
        bool came = _wasAway && found is not null;
        _wasAway = found is null;
        ByteString? served = Volatile.Read(ref _servedKey);
        if (found is null || (!came && found.Phase is InferencePhase.Ready or InferencePhase.Loading))
        {
            return;
        }

        ControlAnswer answer = await control.TeeKeyAsync(cancellationToken).ConfigureAwait(false);
        if (answer.Refusal is not null || !TeePublicKey.TryParse(answer.Body, out TeePublicKey? key, out _))
        {
            return;
        }

        if (served is not null && served != key.Sha256)
        {
            Volatile.Write(ref _servedKey, null);
            state.Restarted();
            telemetry.InferenceRestarted();
            logger.InferenceRestarted();
            refresh.Ask();
        }
        else if (came && served is null && state.WaitsForInference)
        {
            refresh.Ask();
        }
    }
}
