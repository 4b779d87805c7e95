using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Sidecar.Relay;

namespace ConfidentialOperator.Sidecar.Endpoints;

/// <summary>The way in for sealed requests, and the answer to those that are not sealed.</summary>
internal sealed class GatewayEndpoints(SealedRelay relay, InferenceControl control)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(SealedRelay.Path, KeysAsync);
        routes.MapPost(SealedRelay.Path, relay.RelayAsync);
        foreach (string area in (string[])["/v1", "/v2"])
        {
            routes.Map(area, SealAsync);
            routes.Map(area + "/{**rest}", SealAsync);
        }
    }

    private async Task KeysAsync(HttpContext context)
    {
        ControlAnswer answer = await control.SealingKeysAsync(context.RequestAborted).ConfigureAwait(false);
        if (answer.Refusal is not null)
        {
            await Problems.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, answer.Refusal).ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = KeyConfiguration.MediaType;
        context.Response.ContentLength = answer.Body.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted).ConfigureAwait(false);
    }

    private static Task SealAsync(HttpContext context)
    {
        // RFC 9110 section 15.5.22 wants the protocol named.
        context.Response.Headers.Upgrade = "OHTTP";
        return Problems.WriteAsync(context, StatusCodes.Status426UpgradeRequired, new(RefusalReason.SealingRequired,
            $"Whatever carries content is sealed: send it as Oblivious HTTP to {SealedRelay.Path}, or use 'cfm proxy', which does so."));
    }
}
