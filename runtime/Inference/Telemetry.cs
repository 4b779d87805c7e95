using System.Diagnostics;
using System.Diagnostics.Metrics;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference;

/// <summary>
/// Every instrument of Inference. The Sidecar can read them, so nothing is counted that tells one request from another: no caller, no length, no
/// token, and no status of a sealed answer.
/// </summary>
internal sealed class Telemetry
{
    public const string MeterName = "ConfidentialOperator.Inference";

    private readonly Counter<long> _answered;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _rotations;
    private readonly UpDownCounter<long> _inFlight;
    private readonly Histogram<double> _loading;

    public Telemetry(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _answered = meter.CreateCounter<long>("confidential_sealed_requests", description: "Sealed requests that were opened and answered.");
        _refused = meter.CreateCounter<long>("confidential_sealed_requests_refused", description: "Sealed requests that were refused in clear, by reason.");
        _rotations = meter.CreateCounter<long>("confidential_key_rotations", description: "Generations of keys that were made.");
        _inFlight = meter.CreateUpDownCounter<long>("confidential_requests_in_flight", description: "Sealed requests that are being answered.");
        _loading = meter.CreateHistogram<double>("confidential_model_load_duration", unit: "s", description: "Time to open and load the model, by outcome.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600] });
    }

    public void Begun() => _inFlight.Add(1);

    public void Ended()
    {
        _inFlight.Add(-1);
        _answered.Add(1);
    }

    public void Refused(RefusalReason reason) => _refused.Add(1, new TagList { { "reason", reason.ToString() } });

    public void Rotated() => _rotations.Add(1);

    public void Loaded(TimeSpan elapsed, RefusalReason reason) => _loading.Record(elapsed.TotalSeconds, new TagList { { "reason", reason.ToString() } });
}
