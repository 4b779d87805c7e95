using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>
/// One Lease decides who acts. Time is measured here, never read from the Lease: clocks of two machines may differ. A leader that could not
/// renew within the deadline stops before anybody else may begin.
/// </summary>
internal sealed class LeaderElection(ApiClient api, LeaseTerms terms, Telemetry telemetry, ILogger logger, TimeProvider time)
{
    private const string Manager = "confidential-operator-election";
    private readonly ObjectKey _key = new(terms.Namespace, terms.Name);
    private string _seen = "";
    private long _seenAt = time.GetTimestamp();

    public bool IsLeader { get; private set; }

    /// <summary>Waits until this process leads.</summary>
    public async Task AcquireAsync(CancellationToken cancellationToken)
    {
        logger.Electing(terms.Name, terms.Identity);
        while (!await TryHoldAsync(cancellationToken).ConfigureAwait(false))
        {
            await Task.Delay(terms.RetryPeriod, time, cancellationToken).ConfigureAwait(false);
        }

        Lead(true);
        logger.Leading(terms.Identity);
    }

    /// <summary>Renews until cancelled or until leadership is lost; returns whether it was lost.</summary>
    public async Task<bool> HoldAsync(CancellationToken cancellationToken)
    {
        long renewed = time.GetTimestamp();
        while (true)
        {
            try
            {
                await Task.Delay(terms.RetryPeriod, time, cancellationToken).ConfigureAwait(false);
                using CancellationTokenSource attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                attempt.CancelAfter(terms.RetryPeriod * 2);
                if (await TryHoldAsync(attempt.Token).ConfigureAwait(false))
                {
                    renewed = time.GetTimestamp();
                    continue;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return false;
            }
            catch (OperationCanceledException)
            {
                logger.LeaseFailed("The attempt took too long.");
            }

            if (time.GetElapsedTime(renewed) >= terms.RenewDeadline)
            {
                Lead(false);
                logger.LeadershipLost(terms.Identity);
                return true;
            }
        }
    }

    /// <summary>Gives the Lease back, so that a successor need not wait for its end.</summary>
    public async Task ReleaseAsync()
    {
        if (!IsLeader)
        {
            return;
        }

        Lead(false);
        using CancellationTokenSource limit = new(terms.RetryPeriod);
        try
        {
            if (await api.GetAsync(ResourceType.Leases, _key, limit.Token).ConfigureAwait(false) is { } lease && Holder(lease) == terms.Identity)
            {
                await WriteAsync(lease, "", 1, limit.Token).ConfigureAwait(false);
                logger.LeaseReleased(terms.Identity);
            }
        }
        catch (Exception exception)
        {
            logger.LeaseFailed(exception.Message);
        }
    }

    private static string Holder(JsonElement lease) => lease.Member("spec")?.TryText("holderIdentity") ?? "";

    private async Task<bool> TryHoldAsync(CancellationToken cancellationToken)
    {
        try
        {
            JsonElement? lease = await api.GetAsync(ResourceType.Leases, _key, cancellationToken).ConfigureAwait(false);
            if (lease is { } known && Holder(known) is { Length: > 0 } holder && holder != terms.Identity && !IsAbandoned(known))
            {
                return false;
            }

            await WriteAsync(lease, terms.Identity, (int)terms.Duration.TotalSeconds, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LeaseFailed(exception.Message);
            return false;
        }
    }

    // The Lease counts as abandoned when it has not changed for its own duration, by our watch.
    private bool IsAbandoned(JsonElement lease)
    {
        string version = lease.Metadata().Text("resourceVersion");
        if (version != _seen)
        {
            (_seen, _seenAt) = (version, time.GetTimestamp());
        }

        long seconds = lease.Member("spec")?.TryNumber("leaseDurationSeconds") ?? 0;
        return time.GetElapsedTime(_seenAt) > TimeSpan.FromSeconds(Math.Clamp(seconds, 1, 300));
    }

    private async Task WriteAsync(JsonElement? current, string holder, int seconds, CancellationToken cancellationToken)
    {
        string now = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        JsonElement? spec = current?.Member("spec");
        string before = spec?.TryText("holderIdentity") ?? "";
        long transitions = spec?.TryNumber("leaseTransitions") ?? 0;
        JsonObject wanted = new()
        {
            ["holderIdentity"] = holder,
            ["leaseDurationSeconds"] = seconds,
            ["acquireTime"] = before == holder ? spec?.TryText("acquireTime") ?? now : now,
            ["renewTime"] = now,
            ["leaseTransitions"] = holder.Length == 0 || before == holder ? transitions : transitions + 1,
        };
        JsonObject metadata = new() { ["name"] = _key.Name, ["namespace"] = _key.Namespace };
        JsonObject lease = new() { ["apiVersion"] = "coordination.k8s.io/v1", ["kind"] = "Lease", ["metadata"] = metadata, ["spec"] = wanted };
        if (current is { } known)
        {
            metadata["resourceVersion"] = known.Metadata().Text("resourceVersion");
            await api.ReplaceAsync(ResourceType.Leases, _key, lease, Manager, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await api.CreateAsync(ResourceType.Leases, _key.Namespace, lease, Manager, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Lead(bool leads)
    {
        IsLeader = leads;
        telemetry.Leads(terms.Name, leads);
    }
}
