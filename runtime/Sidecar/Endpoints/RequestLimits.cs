using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Sidecar.Options;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Sidecar.Endpoints;

/// <summary>How often what costs something may be asked for, by one address and by all. An IPv6 customer holds at least a /64, so that is one address here.</summary>
internal sealed class RequestLimits : IDisposable
{
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<HttpContext> _attestations;
    private readonly RateLimiter _allAttestations;
    private readonly RateLimiter _refreshes;
    private readonly Telemetry _telemetry;

    public RequestLimits(IOptions<SidecarOptions> options, Telemetry telemetry)
    {
        LimitOptions limits = options.Value.Limits;
        _telemetry = telemetry;
        _attestations = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            RateLimitPartition.GetFixedWindowLimiter(Source(context.Connection.RemoteIpAddress), _ => Window(limits.AttestationsPerSource)));
        _allAttestations = new FixedWindowRateLimiter(Window(limits.Attestations));
        _refreshes = new FixedWindowRateLimiter(Window(limits.Refreshes));
    }

    /// <summary>Takes one attestation document; false when the answer was already written.</summary>
    public async Task<bool> TryAttestationAsync(HttpContext context)
    {
        using RateLimitLease own = _attestations.AttemptAcquire(context);
        if (!own.IsAcquired)
        {
            await RefuseAsync(context, own, "attestation").ConfigureAwait(false);
            return false;
        }

        using RateLimitLease all = _allAttestations.AttemptAcquire();
        return all.IsAcquired || await RefuseAsync(context, all, "attestation").ConfigureAwait(false);
    }

    /// <summary>Takes one refresh; false when the answer was already written.</summary>
    public async Task<bool> TryRefreshAsync(HttpContext context)
    {
        using RateLimitLease lease = _refreshes.AttemptAcquire();
        return lease.IsAcquired || await RefuseAsync(context, lease, "refresh").ConfigureAwait(false);
    }

    public void Dispose()
    {
        _attestations.Dispose();
        _allAttestations.Dispose();
        _refreshes.Dispose();
    }

    internal static string Source(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8)),
        _ => address.ToString(),
    };

    private static FixedWindowRateLimiterOptions Window(int permits) => new() { PermitLimit = permits, Window = s_window, QueueLimit = 0 };

    private async Task<bool> RefuseAsync(HttpContext context, RateLimitLease lease, string what)
    {
        TimeSpan wait = lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan after) ? after : s_window;
        long seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        _telemetry.RateLimited(what);
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await Problems.WriteAsync(context, StatusCodes.Status429TooManyRequests,
            new(RefusalReason.RateLimited, $"Too many requests; ask again in {seconds} s.")).ConfigureAwait(false);
        return false;
    }
}
