using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Sidecar.Status;

/// <summary>What is known of this replica: the one place that every part writes to and that status, probes and metrics are read from.</summary>
internal sealed class ReplicaState(IOptions<SidecarOptions> options, GuestFacts facts, TimeProvider time)
{
    private const int LongestMessage = 1024;

    private readonly Lock _lock = new();
    private SidecarPhase _phase = SidecarPhase.Starting;
    private Refusal? _refusal;
    private InferenceState? _inference;
    private double? _progress;
    private long? _version;
    private string _measurement = "";
    private string _policySha256 = "";
    private DateTimeOffset? _attestedAt;
    private DateTimeOffset? _releasedAt;
    private int _inFlight;

    /// <summary>Gets the SHA-256 of the policy under which the key was released last.</summary>
    public string PolicySha256
    {
        get
        {
            lock (_lock)
            {
                return _policySha256;
            }
        }
    }

    /// <summary>Gets what Inference said last; null when it does not answer.</summary>
    public InferenceState? Inference
    {
        get
        {
            lock (_lock)
            {
                return _inference;
            }
        }
    }

    /// <summary>Begins a step of a round.</summary>
    public void Enter(SidecarPhase phase)
    {
        lock (_lock)
        {
            _phase = phase;
        }
    }

    /// <summary>Ends a round without success.</summary>
    public void Refuse(Refusal refusal)
    {
        lock (_lock)
        {
            _refusal = refusal;
        }
    }

    /// <summary>Ends a round with success: the key is with Inference.</summary>
    public void Succeed()
    {
        lock (_lock)
        {
            _refusal = null;
            _releasedAt = time.GetUtcNow();
        }
    }

    public void Progress(double? part)
    {
        lock (_lock)
        {
            _progress = part is null ? null : Math.Clamp(part.Value, 0, 1);
        }
    }

    public void Fetched(long version)
    {
        lock (_lock)
        {
            _version = version;
        }
    }

    /// <summary>The broker took the evidence.</summary>
    public void Attested(string measurement)
    {
        lock (_lock)
        {
            _measurement = measurement;
            _attestedAt = time.GetUtcNow();
        }
    }

    /// <summary>The broker released the key: what it refused before is settled.</summary>
    public void Released(string policySha256)
    {
        lock (_lock)
        {
            _policySha256 = policySha256;
            _refusal = null;
        }
    }

    /// <summary>Notes what Inference says; null when it does not answer.</summary>
    public void Observe(InferenceState? inference)
    {
        lock (_lock)
        {
            _inference = inference;
        }
    }

    /// <summary>Inference began anew and has no key.</summary>
    public void Restarted()
    {
        lock (_lock)
        {
            _releasedAt = null;
            _refusal = null;
            _phase = SidecarPhase.Starting;
        }
    }

    /// <summary>Gets whether the last round ended because Inference was not there.</summary>
    public bool WaitsForInference
    {
        get
        {
            lock (_lock)
            {
                return _refusal is { Reason: RefusalReason.ModelNotReady };
            }
        }
    }

    /// <summary>Gets the number of sealed requests in flight.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    public void RequestStarted() => Interlocked.Increment(ref _inFlight);

    public void RequestEnded() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Returns the status.</summary>
    public SidecarStatus Snapshot()
    {
        lock (_lock)
        {
            (SidecarPhase phase, string reason, string message) = Judge();
            return new SidecarStatus
            {
                Phase = phase,
                Reason = reason,
                Message = message.Length > LongestMessage ? message[..LongestMessage] : message,
                Replica = options.Value.Replica,
                InitDataSha256 = facts.InitDataSha256,
                Measurement = _measurement,
                PolicySha256 = _policySha256,
                AttestedAt = _attestedAt,
                ModelVersion = _version,
                InFlight = InFlight,
                Progress = _progress,
            };
        }
    }

    private (SidecarPhase Phase, string Reason, string Message) Judge()
    {
        if (time.GetUtcNow() - _releasedAt > 2 * options.Value.ReattestInterval)
        {
            return Say(SidecarPhase.Refused, _refusal ?? new(RefusalReason.AwaitingAttestation, "The last attestation is older than two intervals."));
        }

        return (_inference?.Phase, _refusal) switch
        {
            (InferencePhase.Ready, _) when _releasedAt is not null => Say(SidecarPhase.Ready, _refusal),
            (null, _) => (SidecarPhase.Starting, nameof(RefusalReason.ModelNotReady), "Inference does not answer on its control socket yet."),

            // That Inference was not there when a round needed it ends by itself.
            (_, { Reason: RefusalReason.ModelNotReady }) => Say(_phase, _refusal),
            (_, not null) => Say(SidecarPhase.Refused, _refusal),
            (InferencePhase.Refused, _) => (SidecarPhase.Refused, _inference!.Reason, _inference.Message),
            _ => (_phase, "", _phase == SidecarPhase.Loading ? _inference!.Message : ""),
        };
    }

    private static (SidecarPhase Phase, string Reason, string Message) Say(SidecarPhase phase, Refusal? refusal) =>
        (phase, refusal?.Reason.ToString() ?? "", refusal?.Message ?? "");
}
