using System.Diagnostics;
using System.Diagnostics.Metrics;
using ConfidentialOperator.CollateralSupply;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.KeyBroker;

/// <summary>
/// Every instrument of the broker, under the names that Trustee's dashboards know. Counters get their <c>_total</c> from the exporter.
/// Tags are enums, and paths of resources that a policy lists.
/// </summary>
internal sealed class Telemetry
{
    public const string MeterName = "ConfidentialOperator.KeyBroker";

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _reads;
    private readonly Counter<long> _evaluations;
    private readonly Counter<long> _approvals;
    private readonly Counter<long> _violations;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _attestations;
    private readonly Counter<long> _successes;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _challenges;
    private readonly Counter<long> _limited;
    private readonly Counter<long> _fetches;
    private readonly Histogram<double> _fetchDuration;
    private readonly Counter<long> _cacheUses;
    private readonly Counter<long> _collateralWarnings;

    public Telemetry(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("kbs_http_requests", description: "Requests by route, method and status.");
        _duration = meter.CreateHistogram<double>("kbs_http_request_duration", unit: "s", description: "Time to answer a request.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _reads = meter.CreateCounter<long>("kbs_resource_reads", description: "Resources released, by path.");
        _evaluations = meter.CreateCounter<long>("kbs_policy_evaluations", description: "Evaluations of an owner's policy.");
        _approvals = meter.CreateCounter<long>("kbs_policy_approvals", description: "Evaluations that every rule of the policy accepted.");
        _violations = meter.CreateCounter<long>("kbs_policy_violations", description: "Evaluations that a rule refused, by reason.");
        _errors = meter.CreateCounter<long>("kbs_policy_errors", description: "Evaluations that ended in a fault.");
        _attestations = meter.CreateCounter<long>("kbs_attestation_requests", description: "Evidence received.");
        _successes = meter.CreateCounter<long>("kbs_attestation_successes", description: "Authentic evidence, by TEE.");
        _failures = meter.CreateCounter<long>("kbs_attestation_failures", description: "Refused evidence, by TEE and reason.");
        _challenges = meter.CreateCounter<long>("kbs_auth_requests", description: "Challenges given.");
        _limited = meter.CreateCounter<long>("kbs_rate_limited_requests", description: "Requests refused because there were too many.");
        _fetches = meter.CreateCounter<long>("kbs_collateral_fetches", description: "Requests to vendors' services, by service and outcome.");
        _fetchDuration = meter.CreateHistogram<double>("kbs_collateral_fetch_duration", unit: "s", description: "Time that a vendor's service took, waits included.");
        _cacheUses = meter.CreateCounter<long>("kbs_collateral_cache_uses", description: "Answers of the cache of collateral, by service and use.");
        _collateralWarnings = meter.CreateCounter<long>("kbs_collateral_warnings", description: "Stored collateral that was not used, by what was wrong with it.");
    }

    public void Request(string route, string method, int status, TimeSpan elapsed)
    {
        var tags = new TagList { { "route", route }, { "method", method }, { "status", status } };
        _requests.Add(1, tags);
        _duration.Record(elapsed.TotalSeconds, new TagList { { "route", route }, { "method", method } });
    }

    public void Challenge(TeeKind tee) => _challenges.Add(1, new TagList { { "tee_type", Name(tee) } });

    public void RateLimited() => _limited.Add(1);

    public void Attestation(TeeKind tee, Refusal? refusal)
    {
        _attestations.Add(1);
        if (refusal is null)
        {
            _successes.Add(1, new TagList { { "tee_type", Name(tee) } });
        }
        else
        {
            _failures.Add(1, new TagList { { "tee_type", Name(tee) }, { "reason", refusal.Reason.ToString() } });
        }
    }

    public void Policy(Refusal? refusal)
    {
        _evaluations.Add(1);
        if (refusal is null)
        {
            _approvals.Add(1);
        }
        else if (refusal.Reason == RefusalReason.InternalError)
        {
            _errors.Add(1);
        }
        else
        {
            _violations.Add(1, new TagList { { "reason", refusal.Reason.ToString() } });
        }
    }

    public void CollateralFetched(CollateralOrigin service, Refusal? refusal, TimeSpan elapsed)
    {
        _fetches.Add(1, new TagList { { "service", service.ToString() }, { "outcome", refusal?.Reason.ToString() ?? "Fetched" } });
        _fetchDuration.Record(elapsed.TotalSeconds, new TagList { { "service", service.ToString() } });
    }

    public void CollateralCached(CollateralOrigin service, CacheUse use) => _cacheUses.Add(1, new TagList { { "service", service.ToString() }, { "use", use.ToString() } });

    public void CollateralIgnored(StoreWarning warning) => _collateralWarnings.Add(1, new TagList { { "warning", warning.ToString() } });

    private static string Name(TeeKind tee) => tee.ToString().ToLowerInvariant();

    public void Read(string resource) => _reads.Add(1, new TagList { { "resource_path", resource } });
}
