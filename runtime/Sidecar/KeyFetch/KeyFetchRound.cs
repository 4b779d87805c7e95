using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Sidecar.Evidence;
using ConfidentialOperator.Sidecar.Models;
using ConfidentialOperator.Sidecar.Relay;
using ConfidentialOperator.Sidecar.Status;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Sidecar.KeyFetch;

/// <summary>One pass from the sealed files to a served model: fetch, attest, fetch the key and the caller list, hand them over.</summary>
internal sealed class KeyFetchRound(IOptions<SidecarOptions> options, GuestFacts facts, InferenceControl control, InferenceWatch watch, ModelFetcher fetcher,
    EvidenceSources evidence, ReplicaState state, TimeProvider time)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    public async Task<RoundOutcome> RunAsync(CancellationToken cancellationToken)
    {
        ControlAnswer answer = await control.TeeKeyAsync(cancellationToken).ConfigureAwait(false);
        if (answer.Refusal is not null || !TeePublicKey.TryParse(answer.Body, out TeePublicKey? key, out Refusal? refusal))
        {
            return new(answer.Refusal ?? new(RefusalReason.TeeKeyNotSupported, "Inference's public key cannot be read."));
        }

        refusal = await PutIdentityAsync(state.PolicySha256, cancellationToken).ConfigureAwait(false);
        if (refusal is null)
        {
            state.Enter(SidecarPhase.Fetching);
            refusal = await fetcher.EnsureAsync(cancellationToken).ConfigureAwait(false);
        }

        return refusal is not null ? new(refusal) : await AttestAsync(key, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RoundOutcome> AttestAsync(TeePublicKey key, CancellationToken cancellationToken)
    {
        state.Enter(SidecarPhase.Attesting);
        KbsSession session;
        try
        {
            session = new KbsSession(options.Value.KeyBroker);
        }
        catch (InvalidDataException exception)
        {
            return new(new Refusal(RefusalReason.KeyBrokerUnavailable, exception.Message));
        }

        using (session)
        {
            RoundOutcome attested = await HandshakeAsync(session, key, cancellationToken).ConfigureAwait(false);
            return attested.Refusal is not null ? attested : await FetchAsync(session, key, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<RoundOutcome> HandshakeAsync(KbsSession session, TeePublicKey key, CancellationToken cancellationToken)
    {
        var extra = new JsonObject
        {
            ["confidential-model"] = new JsonObject
            {
                ["tenant"] = options.Value.Tenant,
                ["model"] = options.Value.Model.Name,
                ["replica"] = options.Value.Replica,
            },
        };
        BrokerAnswer answer = await session.AuthAsync(options.Value.TeeKind, extra, cancellationToken).ConfigureAwait(false);
        if (answer.Refusal is not null || !KbsChallenge.TryParse(answer.Body, out KbsChallenge? challenge, out Refusal? refusal))
        {
            return new(answer.Refusal ?? new(RefusalReason.Malformed, "The key broker's challenge cannot be read."), answer.RetryAfter);
        }

        EvidenceOutcome found = await evidence.GetAsync(KbsReportData.ForCpu(challenge.Nonce, key, ""), cancellationToken).ConfigureAwait(false);
        if (found.Refusal is not null)
        {
            return new(found.Refusal);
        }

        var attestation = new KbsAttestation { Nonce = challenge.Nonce, TeeKey = key, Evidence = found.Json, InitData = facts.InitData };
        answer = await session.AttestAsync(attestation, cancellationToken).ConfigureAwait(false);
        if (answer.Refusal is null)
        {
            state.Attested(found.Measurement);
        }

        return new(answer.Refusal, answer.RetryAfter);
    }

    private async Task<RoundOutcome> FetchAsync(KbsSession session, TeePublicKey key, CancellationToken cancellationToken)
    {
        state.Enter(SidecarPhase.AwaitingKey);
        BrokerAnswer modelKey = await ResourceAsync(session, options.Value.Resources.ModelKey, cancellationToken).ConfigureAwait(false);
        if (modelKey.Refusal is not null)
        {
            return new(modelKey.Refusal, modelKey.RetryAfter);
        }

        BrokerAnswer? callers = options.Value.Resources.Callers.Length == 0 ? null
            : await ResourceAsync(session, options.Value.Resources.Callers, cancellationToken).ConfigureAwait(false);
        if (callers?.Refusal is not null)
        {
            return new(callers.Refusal, callers.RetryAfter);
        }

        state.Released(modelKey.PolicySha256);
        Refusal? refusal = await PutIdentityAsync(modelKey.PolicySha256, cancellationToken).ConfigureAwait(false)
            ?? await HandOverAsync(key, modelKey.Body, callers?.Body, cancellationToken).ConfigureAwait(false);
        if (refusal is not null && IsOfFiles(refusal.Reason))
        {
            fetcher.Forget();
        }

        return new(refusal);
    }

    private async Task<Refusal?> HandOverAsync(TeePublicKey key, byte[] modelKey, byte[]? callers, CancellationToken cancellationToken)
    {
        ControlAnswer answer = await control.PutModelKeyAsync(modelKey, cancellationToken).ConfigureAwait(false);
        if (answer.Refusal is not null)
        {
            return answer.Refusal;
        }

        watch.Delivered(key);
        state.Enter(SidecarPhase.Loading);
        Refusal? refusal = callers is null ? null : await HandOverCallersAsync(callers, cancellationToken).ConfigureAwait(false);
        return refusal ?? await WaitAsync(untilReady: true, cancellationToken).ConfigureAwait(false);
    }

    // A caller list counts only against the manifest's owners, which Inference may not have read yet.
    private async Task<Refusal?> HandOverCallersAsync(byte[] callers, CancellationToken cancellationToken)
    {
        while (true)
        {
            ControlAnswer answer = await control.PutCallersAsync(callers, cancellationToken).ConfigureAwait(false);
            if (answer.IsAway || answer.Refusal?.Reason != RefusalReason.ModelNotReady)
            {
                return answer.Refusal;
            }

            Refusal? refusal = await WaitAsync(untilReady: false, cancellationToken).ConfigureAwait(false);
            if (refusal is not null)
            {
                return refusal;
            }
        }
    }

    // Loading takes as long as the model is large; only its end, or the end of the process, ends the wait.
    private async Task<Refusal?> WaitAsync(bool untilReady, CancellationToken cancellationToken)
    {
        do
        {
            InferenceState? found = await watch.LookAsync(cancellationToken).ConfigureAwait(false);
            if (found?.Phase != InferencePhase.Loading && (untilReady || found?.Phase != InferencePhase.Ready))
            {
                return End(found);
            }

            await Task.Delay(s_look, time, cancellationToken).ConfigureAwait(false);
        }
        while (untilReady);
        return null;
    }

    private static Refusal? End(InferenceState? found) => found?.Phase switch
    {
        null => new(RefusalReason.ModelNotReady, "Inference went away while it loaded the model."),
        InferencePhase.Ready => null,
        InferencePhase.Refused => Refusal(found),
        _ => new(RefusalReason.ModelNotReady, "Inference began anew while it loaded the model."),
    };

    private static Refusal Refusal(InferenceState found) =>
        new(Enum.TryParse(found.Reason, out RefusalReason reason) && Enum.IsDefined(reason) ? reason : RefusalReason.InternalError, found.Message);

    private static bool IsOfFiles(RefusalReason reason) => (int)reason is >= 500 and < 600;

    private static Task<BrokerAnswer> ResourceAsync(KbsSession session, string name, CancellationToken cancellationToken) =>
        session.ResourceAsync(KbsResourceUri.TryParse(name, out KbsResourceUri? uri) ? uri : throw new InvalidOperationException("The options were validated."),
            cancellationToken);

    private async Task<Refusal?> PutIdentityAsync(string policySha256, CancellationToken cancellationToken)
    {
        var identity = new GuestIdentity
        {
            Replica = options.Value.Replica,
            InitDataSha256 = facts.InitDataSha256,
            TlsSpkiSha256 = [facts.TlsSpkiSha256],
            PolicySha256 = policySha256,
        };
        return (await control.PutIdentityAsync(identity, cancellationToken).ConfigureAwait(false)).Refusal;
    }
}
