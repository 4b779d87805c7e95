using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using ConfidentialOperator.Protocol;
using Microsoft.AspNetCore.RateLimiting;

namespace ConfidentialOperator.KeyBroker.Endpoints;

/// <summary>How often one address may ask. An IPv6 customer holds at least a /64, so that is one address here.</summary>
internal static class RateLimits
{
    public const string Handshake = "handshake";
    public const string Changes = "changes";
    public const string Reads = "reads";
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);

    public static void Configure(RateLimiterOptions limiter, LimitOptions limits)
    {
        limiter.AddPolicy(Handshake, context => Window("h", context, limits.HandshakesPerMinute));
        limiter.AddPolicy(Changes, context => Window("c", context, limits.ChangesPerMinute));
        limiter.AddPolicy(Reads, context => Window("r", context, limits.ReadsPerMinute));
        limiter.OnRejected = async (rejected, cancellationToken) =>
        {
            HttpContext context = rejected.HttpContext;
            TimeSpan wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan after) ? after : s_window;
            context.RequestServices.GetRequiredService<Telemetry>().RateLimited();
            await TooMany(context, wait).ExecuteAsync(context).WaitAsync(cancellationToken).ConfigureAwait(false);
        };
    }

    /// <summary>The answer to one request too many, with the time to wait.</summary>
    public static IResult TooMany(HttpContext context, TimeSpan wait)
    {
        long seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var refusal = new Refusal(RefusalReason.RateLimited, $"Too many requests; ask again in {seconds} s.");
        return context.Request.Path.StartsWithSegments("/kbs", StringComparison.Ordinal)
            ? context.RequestServices.GetRequiredService<Problems>().Kbs(refusal)
            : Problems.Own(refusal);
    }

    public static string Partition(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4().ToString();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }

    private static RateLimitPartition<string> Window(string kind, HttpContext context, int permits) =>
        RateLimitPartition.GetFixedWindowLimiter(kind + Partition(context.Connection.RemoteIpAddress),
            _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = s_window, QueueLimit = 0 });
}
