using ConfidentialOperator.Inference.Access;
using ConfidentialOperator.Inference.Keys;
using ConfidentialOperator.Inference.Sealing;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.Inference.Control;

/// <summary>The control socket, for the Sidecar: wrapped keys in, public keys and state out. Described in <c>docs/protocol/guest.md</c>.</summary>
internal sealed class ControlEndpoints(TeeKey teeKey, ModelSlot slot, CallerBook callers, KeysetSource keysets, Readiness readiness)
{
    private const int LongestIdentity = 64 * 1024;

    public static void Map(WebApplication application)
    {
        ControlEndpoints endpoints = application.Services.GetRequiredService<ControlEndpoints>();
        RouteGroupBuilder group = application.MapGroup("/v1").WithMetadata(SocketRole.Control);
        group.MapGet("/tee-key", endpoints.TeeKeyAsync);
        group.MapPut("/identity", endpoints.IdentityAsync);
        group.MapPut("/model-key", endpoints.ModelKeyAsync);
        group.MapPut("/callers", endpoints.CallersAsync);
        group.MapGet("/keyset", endpoints.KeysetAsync);
        group.MapGet("/ohttp-keys", endpoints.ConfigurationsAsync);
        group.MapGet("/state", endpoints.StateAsync);
    }

    private Task TeeKeyAsync(HttpContext context) => SendAsync(context, "application/json", teeKey.Public.ToJson());

    private Task StateAsync(HttpContext context) => SendAsync(context, "application/json", Contract.Write(readiness.State()));

    private async Task IdentityAsync(HttpContext context)
    {
        byte[]? body = await LimitedBody.ReadAsync(context.Request, LongestIdentity, context.RequestAborted).ConfigureAwait(false);
        Refusal? refusal = body is null ? TooLarge(LongestIdentity)
            : Contract.TryRead(body, out GuestIdentity? identity, out Refusal? unreadable) ? keysets.Identify(identity) : unreadable;
        await DoneAsync(context, refusal, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    private async Task ModelKeyAsync(HttpContext context)
    {
        (SecretKey? key, Refusal? refusal) = await UnwrapAsync(context).ConfigureAwait(false);
        refusal = key is null ? refusal : slot.Offer(key);
        await DoneAsync(context, refusal, StatusCodes.Status202Accepted).ConfigureAwait(false);
    }

    private async Task CallersAsync(HttpContext context)
    {
        (SecretKey? list, Refusal? refusal) = await UnwrapAsync(context).ConfigureAwait(false);
        using (list)
        {
            byte[] envelope = list is null ? [] : list.Span.ToArray();
            refusal = list is null ? refusal : callers.Replace(envelope);
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(envelope);
        }

        await DoneAsync(context, refusal, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    private Task KeysetAsync(HttpContext context) => !readiness.IsReady || keysets.Current() is not { } keyset
        ? Problems.WriteAsync(context, Early(), StatusCodes.Status409Conflict)
        : SendAsync(context, "application/json", keyset.ToArray());

    private Task ConfigurationsAsync(HttpContext context) => !readiness.IsReady
        ? Problems.WriteAsync(context, Early(), StatusCodes.Status409Conflict)
        : SendAsync(context, KeyConfiguration.MediaType, keysets.Configurations());

    private Refusal Early() => readiness.IsReady ? new(RefusalReason.ModelNotReady, "The identity of the guest has not arrived.") : readiness.NotReady;

    // A process that is not confined opens nothing.
    private async Task<(SecretKey? Secret, Refusal? Refusal)> UnwrapAsync(HttpContext context)
    {
        if (slot.RefuseAll is { } notConfined)
        {
            return (null, notConfined);
        }

        byte[]? body = await LimitedBody.ReadAsync(context.Request, Jwe.Longest, context.RequestAborted).ConfigureAwait(false);
        return body is null ? (null, TooLarge(Jwe.Longest))
            : teeKey.TryUnwrap(body, out SecretKey? secret, out Refusal? refusal) ? (secret, null) : (null, refusal);
    }

    private static Task DoneAsync(HttpContext context, Refusal? refusal, int status)
    {
        if (refusal is null)
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }

        int? refused = refusal.Reason is RefusalReason.TooLarge or RefusalReason.NetworkNotConfined or RefusalReason.Malformed or RefusalReason.UnknownMember
            or RefusalReason.MissingMember or RefusalReason.DuplicateMember ? null : StatusCodes.Status422UnprocessableEntity;
        return Problems.WriteAsync(context, refusal, refused);
    }

    private static Task SendAsync(HttpContext context, string contentType, byte[] content)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = content.Length;
        return context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    private static Refusal TooLarge(int limit) => new(RefusalReason.TooLarge, $"The body is longer than {limit} bytes.");
}
