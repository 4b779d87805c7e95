using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Sidecar.KeyFetch;
using ConfidentialOperator.Sidecar.Status;

namespace ConfidentialOperator.Sidecar.Endpoints;

/// <summary>Probes, the status, and the wish to attest again.</summary>
internal sealed class StatusEndpoints(ReplicaState state, RefreshTrigger refresh, RequestLimits limits)
{
    private const string Json = "application/json";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Results.Text("ok"));
        routes.MapGet("/readyz", Ready);
        routes.MapGet("/v2/health/live", () => Results.Bytes("""{"live":true}"""u8.ToArray(), Json));
        routes.MapGet("/v2/health/ready", ReadyJson);
        routes.MapGet("/v1/status", Status);
        routes.MapPost("/v1/refresh", RefreshAsync);
    }

    private IResult Ready()
    {
        SidecarStatus status = state.Snapshot();
        return status.Phase == SidecarPhase.Ready ? Results.Text("ok")
            : Results.Text($"{status.Phase} {status.Reason}".TrimEnd(), statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private Task ReadyJson(HttpContext context)
    {
        bool ready = state.Snapshot().Phase == SidecarPhase.Ready;
        context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = Json;
        return context.Response.Body.WriteAsync(ready ? """{"ready":true}"""u8.ToArray() : """{"ready":false}"""u8.ToArray(), context.RequestAborted).AsTask();
    }

    private IResult Status(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(Contract.Write(state.Snapshot()), Json);
    }

    private async Task RefreshAsync(HttpContext context)
    {
        if (await limits.TryRefreshAsync(context).ConfigureAwait(false))
        {
            refresh.Ask();
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
    }
}
