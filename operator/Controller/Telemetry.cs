using System.Diagnostics;
using System.Diagnostics.Metrics;
using ConfidentialOperator.Controller.Kubernetes;

namespace ConfidentialOperator.Controller;

/// <summary>
/// Every instrument, under the names of controller-runtime and client-go, which dashboards know. Counters get their <c>_total</c> and
/// histograms their unit from the exporter.
/// </summary>
internal sealed class Telemetry
{
    public const string MeterName = "ConfidentialOperator.Controller";

    private const string Name = "confidentialmodel";
    private static readonly InstrumentAdvice<double> s_seconds =
        new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };

    private readonly Counter<long> _passes;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _panics;
    private readonly Counter<long> _timeouts;
    private readonly Histogram<double> _passTime;
    private readonly UpDownCounter<long> _workers;
    private readonly Gauge<long> _mostWorkers;
    private readonly Counter<long> _adds;
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _queueTime;
    private readonly Histogram<double> _workTime;
    private readonly Gauge<long> _leads;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _requestTime;
    private readonly Counter<long> _interruptions;
    private readonly Counter<long> _unreadable;
    private readonly Counter<long> _droppedEvents;
    private readonly Meter _meter;

    public Telemetry(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _passes = _meter.CreateCounter<long>("controller_runtime_reconcile", description: "Passes by result.");
        _errors = _meter.CreateCounter<long>("controller_runtime_reconcile_errors", description: "Passes that failed.");
        _panics = _meter.CreateCounter<long>("controller_runtime_reconcile_panics", description: "Passes that met a fault of the program.");
        _timeouts = _meter.CreateCounter<long>("controller_runtime_reconcile_timeouts", description: "Passes that took too long.");
        _passTime = Seconds("controller_runtime_reconcile_time", "Time of a pass.");
        _workers = _meter.CreateUpDownCounter<long>("controller_runtime_active_workers", description: "Workers at work.");
        _mostWorkers = _meter.CreateGauge<long>("controller_runtime_max_concurrent_reconciles", description: "Workers.");
        _adds = _meter.CreateCounter<long>("workqueue_adds", description: "Keys added.");
        _retries = _meter.CreateCounter<long>("workqueue_retries", description: "Keys added after a failure.");
        _queueTime = Seconds("workqueue_queue_duration", "Time that a key waits.");
        _workTime = Seconds("workqueue_work_duration", "Time that a worker has a key.");
        _leads = _meter.CreateGauge<long>("leader_election_master_status", description: "1 for the leader.");
        _requests = _meter.CreateCounter<long>("rest_client_requests", description: "Requests to the API server by method and code.");
        _requestTime = Seconds("rest_client_request_duration", "Time until the API server answers.");
        _interruptions = _meter.CreateCounter<long>("confidential_controller_watch_interruptions", description: "Watches that broke, by resource.");
        _unreadable = _meter.CreateCounter<long>("confidential_controller_unreadable_objects", description: "Objects left out, by resource.");
        _droppedEvents = _meter.CreateCounter<long>("confidential_controller_dropped_events", description: "Events that were not written.");
    }

    public void Watch(WorkQueue queue)
    {
        KeyValuePair<string, object?>[] tags = [new("name", Name)];
        _meter.CreateObservableGauge("workqueue_depth", () => new Measurement<long>(queue.Depth, tags), description: "Keys in line.");
        _meter.CreateObservableGauge(
            "workqueue_unfinished_work", () => new Measurement<double>(queue.Working.Sum(time => time.TotalSeconds), tags), "s", "Time spent on unfinished keys.");
        _meter.CreateObservableGauge(
            "workqueue_longest_running_processor",
            () => new Measurement<double>(queue.Working.Select(time => time.TotalSeconds).DefaultIfEmpty().Max(), tags), "s", "Age of the oldest unfinished key.");
    }

    public void PassBegins() => _workers.Add(1, Controller);

    public void PassEnds(PassResult result, TimeSpan elapsed)
    {
        _workers.Add(-1, Controller);
        _passTime.Record(elapsed.TotalSeconds, Controller);
        _passes.Add(1, new TagList { { "controller", Name }, { "result", result.Word() } });
        if (result is PassResult.Error or PassResult.Panic or PassResult.Timeout)
        {
            _errors.Add(1, Controller);
        }

        if (result == PassResult.Panic)
        {
            _panics.Add(1, Controller);
        }
        else if (result == PassResult.Timeout)
        {
            _timeouts.Add(1, Controller);
        }
    }

    public void Workers(int count) => _mostWorkers.Record(count, Controller);

    public void QueueAdd() => _adds.Add(1, Queue);

    public void QueueRetry() => _retries.Add(1, Queue);

    public void QueueWait(TimeSpan elapsed) => _queueTime.Record(elapsed.TotalSeconds, Queue);

    public void QueueWork(TimeSpan elapsed) => _workTime.Record(elapsed.TotalSeconds, Queue);

    public void Leads(string lease, bool leads) => _leads.Record(leads ? 1 : 0, new TagList { { "name", lease } });

    public void ApiRequest(string method, int status, TimeSpan elapsed)
    {
        _requests.Add(1, new TagList { { "method", method }, { "code", status == 0 ? "<error>" : status.ToString() } });
        _requestTime.Record(elapsed.TotalSeconds, new TagList { { "verb", method } });
    }

    public void WatchInterrupted(string resource) => _interruptions.Add(1, new TagList { { "resource", resource } });

    public void Unreadable(string resource) => _unreadable.Add(1, new TagList { { "resource", resource } });

    public void EventDropped() => _droppedEvents.Add(1);

    private static TagList Controller => new() { { "controller", Name } };

    private static TagList Queue => new() { { "name", Name } };

    private Histogram<double> Seconds(string name, string description) =>
        _meter.CreateHistogram(name, unit: "s", description: description, tags: null, advice: s_seconds);
}
