using System.Net;

namespace ConfidentialOperator.Cli.Proxy;

/// <summary>
/// Keeps pages of the web away from a proxy on this machine: a browser would carry their requests to it. A loopback proxy answers to loopback names only
/// (against DNS rebinding), and to no page of another origin, also where the browser says only that the request comes from another site.
/// </summary>
internal sealed class OriginGuard(IPEndPoint listen)
{
    private readonly bool _loopback = IPAddress.IsLoopback(listen.Address);

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Request.Headers;
        bool foreign = (_loopback && !IsLoopback(context.Request.Host.Host)) || headers.Origin.Any(IsForeign)
            || (headers.Origin.Count == 0 && headers["Sec-Fetch-Site"] == "cross-site");
        return foreign
            ? ProxyErrors.WriteAsync(context, StatusCodes.Status403Forbidden, "OriginNotAllowed", "The proxy answers programs on this machine, not pages of the web.", context.RequestAborted)
            : next(context);
    }

    private static bool IsForeign(string? origin) => !Uri.TryCreate(origin, UriKind.Absolute, out Uri? address) || !IsLoopback(address.Host);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
