using ConfidentialOperator.Inference.Access;
using ConfidentialOperator.Inference.Control;
using ConfidentialOperator.Inference.Endpoints;
using ConfidentialOperator.Inference.Keys;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Inference.Channel;

/// <summary>
/// The one endpoint of the ciphertext socket: open, check date and caller, answer, seal. In clear it says only what goes wrong before a request is
/// open; everything else stands inside the answer.
/// </summary>
internal sealed class SealedEndpoint(PromptDecryption decryption, ResponseEncryption encryption, Router router, CallerGate gate, RequestPlaces places,
    Readiness readiness, KeysetSource keysets, TimeProvider time, Telemetry telemetry, ILogger<SealedEndpoint> logger)
{
    private const string KeyHeader = "Confidential-Key-Id";

    public static void Map(WebApplication application)
    {
        SealedEndpoint endpoint = application.Services.GetRequiredService<SealedEndpoint>();
        application.MapPost("/v1/sealed", endpoint.HandleAsync).WithMetadata(SocketRole.Ciphertext);
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (!readiness.IsReady)
        {
            await RefuseAsync(context, readiness.NotReady).ConfigureAwait(false);
            return;
        }

        if (!Ohttp.TryFormatOfRequest(context.Request.ContentType, out SealedFormat format))
        {
            await RefuseAsync(context, new(RefusalReason.Malformed,
                $"The body must be '{Ohttp.ChunkedRequestMediaType}' or '{Ohttp.RequestMediaType}'.")).ConfigureAwait(false);
            return;
        }

        string? keyName = context.Request.Headers[KeyHeader];
        Outcome<ServerExchange> opened = await decryption.OpenAsync(context.Request.Body, format, keyName, context.RequestAborted).ConfigureAwait(false);
        if (!opened.Accepted)
        {
            await RefuseAsync(context, opened.Refusal).ConfigureAwait(false);
            return;
        }

        using ServerExchange exchange = opened.Value;
        telemetry.Begun();
        try
        {
            await AnswerAsync(context, exchange).ConfigureAwait(false);
        }
        finally
        {
            telemetry.Ended();
        }
    }

    private async Task AnswerAsync(HttpContext context, ServerExchange exchange)
    {
        CancellationToken aborted = context.RequestAborted;
        Refusal? refusal = Admit(exchange.Request, out CallerPlace? caller, out CallerPlace? place);
        using (caller)
        using (place)
        {
            Outcome<PromptContent> read = await PromptContent.ReadAsync(exchange.Body, keep: place is not null, aborted).ConfigureAwait(false);
            if (!read.Accepted)
            {
                await RefuseAsync(context, read.Refusal).ConfigureAwait(false);
                return;
            }

            using PromptContent content = read.Value;
            InnerAnswer answer = refusal is null
                ? await AskAsync(new InnerRequest(exchange.Request, content.Memory), context.TraceIdentifier, aborted).ConfigureAwait(false)
                : Router.Refused(exchange.Request.Path, refusal);
            context.Response.ContentType = Ohttp.ResponseType(exchange.Format);
            await encryption.WriteAsync(exchange, answer, context.Response.Body, aborted).ConfigureAwait(false);
        }
    }

    private Refusal? Admit(BinaryHttpRequest request, out CallerPlace? caller, out CallerPlace? place)
    {
        (caller, place) = (null, null);
        Refusal? refusal = RequestDate.Check(request.Header("date"), time.GetUtcNow());

        // What everybody may ask takes no place and no memory, so that a stranger cannot use either up.
        if (refusal is not null || Router.IsForEverybody(request.Path) || !gate.TryEnter(request.Header("authorization"), out caller, out refusal))
        {
            return refusal;
        }

        place = places.TryTake();
        return place is null ? RequestPlaces.Full : null;
    }

    private async Task<InnerAnswer> AskAsync(InnerRequest request, string correlation, CancellationToken aborted)
    {
        try
        {
            return await router.AnswerAsync(request, aborted).ConfigureAwait(false);
        }
        catch (Exception exception) when (!aborted.IsCancellationRequested)
        {
            logger.RequestFailed(correlation, exception.GetType().Name, exception.StackTrace ?? "");
            return Router.Refused(request.Path, new(RefusalReason.InternalError, $"The request failed (correlation {correlation})."));
        }
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        telemetry.Refused(refusal.Reason);
        logger.RequestRefused(refusal.Reason);
        return refusal.Reason == RefusalReason.KeyConfigurationExpired
            ? Problems.WriteExpiredAsync(context, refusal, keysets.Configurations())
            : Problems.WriteAsync(context, refusal);
    }
}
