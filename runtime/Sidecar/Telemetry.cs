using System.Diagnostics;
using System.Diagnostics.Metrics;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Sidecar.Status;

namespace ConfidentialOperator.Sidecar;

/// <summary>Every instrument of the Sidecar. Counters get their <c>_total</c> from the exporter. Tags are enums, routes and words of this file's callers.</summary>
internal sealed class Telemetry
{
    public const string MeterName = "ConfidentialOperator.Sidecar";

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _sealed;
    private readonly Counter<long> _sealedBytes;
    private readonly Counter<long> _rounds;
    private readonly Counter<long> _evidence;
    private readonly Histogram<double> _evidenceDuration;
    private readonly Counter<long> _limited;
    private readonly Counter<long> _modelBytes;
    private readonly Counter<long> _restarts;
    private readonly Meter _meter;

    public Telemetry(IMeterFactory meters)
    {
        Meter meter = _meter = meters.Create(MeterName);
        double[] seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = seconds };
        _requests = meter.CreateCounter<long>("sidecar_http_requests", description: "Requests by route, method and status.");
        _duration = meter.CreateHistogram("sidecar_http_request_duration", "s", "Time to answer a request.", null, advice);
        _sealed = meter.CreateCounter<long>("sidecar_sealed_requests", description: "Sealed requests by outcome.");
        _sealedBytes = meter.CreateCounter<long>("sidecar_sealed_bytes", description: "Ciphertext relayed, by direction.");
        _rounds = meter.CreateCounter<long>("sidecar_attestation_rounds", description: "Attestations at the broker, by reason of their end.");
        _evidence = meter.CreateCounter<long>("sidecar_evidence", description: "Evidence made, by source; 'none' when no source answered.");
        _evidenceDuration = meter.CreateHistogram("sidecar_evidence_duration", "s", "Time to make evidence, by source.", null, advice);
        _limited = meter.CreateCounter<long>("sidecar_rate_limited_requests", description: "Requests refused because there were too many, by what was asked.");
        _modelBytes = meter.CreateCounter<long>("sidecar_model_fetched_bytes", description: "Bytes of sealed files fetched.");
        _restarts = meter.CreateCounter<long>("sidecar_inference_restarts", description: "How often Inference began anew.");
    }

    /// <summary>Lets phase, load and age be read from the state.</summary>
    public void Watch(ReplicaState state)
    {
        _meter.CreateObservableGauge("sidecar_phase", () => Phases(state.Snapshot().Phase), description: "1 for the phase that the replica is in.");
        _meter.CreateObservableGauge("sidecar_sealed_requests_in_flight", () => state.Snapshot().InFlight, description: "Sealed requests in flight.");
        _meter.CreateObservableGauge("sidecar_last_attestation_timestamp", () => state.Snapshot().AttestedAt?.ToUnixTimeSeconds() ?? 0, "s",
            "Time of the last attestation in seconds since 1970; 0 before the first.");
    }

    public void Request(string route, string method, int status, TimeSpan elapsed)
    {
        _requests.Add(1, new TagList { { "route", route }, { "method", method }, { "status", status } });
        _duration.Record(elapsed.TotalSeconds, new TagList { { "route", route }, { "method", method } });
    }

    public void Sealed(string outcome) => _sealed.Add(1, new TagList { { "outcome", outcome } });

    public void SealedBytes(string direction, int bytes) => _sealedBytes.Add(bytes, new TagList { { "direction", direction } });

    public void Round(RefusalReason reason) => _rounds.Add(1, new TagList { { "reason", reason.ToString() } });

    public void Evidence(string source, TimeSpan elapsed)
    {
        _evidence.Add(1, new TagList { { "source", source } });
        _evidenceDuration.Record(elapsed.TotalSeconds, new TagList { { "source", source } });
    }

    public void EvidenceUnavailable() => _evidence.Add(1, new TagList { { "source", "none" } });

    public void RateLimited(string what) => _limited.Add(1, new TagList { { "what", what } });

    public void ModelBytes(int bytes) => _modelBytes.Add(bytes);

    public void InferenceRestarted() => _restarts.Add(1);

    private static IEnumerable<Measurement<int>> Phases(SidecarPhase current) => Enum.GetValues<SidecarPhase>()
        .Select(phase => new Measurement<int>(phase == current ? 1 : 0, new KeyValuePair<string, object?>("phase", phase.ToString())));
}
