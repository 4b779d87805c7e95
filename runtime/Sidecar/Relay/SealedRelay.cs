using System.Buffers;
using System.Net.Http.Headers;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Sidecar.Endpoints;
using ConfidentialOperator.Sidecar.Status;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Sidecar.Relay;

/// <summary>
/// Carries sealed requests to the guest that can open them and sealed answers back, piece by piece, without looking at either. No time limit cuts an
/// answer off: who asked decides how long to wait, and when he leaves, Inference learns of it.
/// </summary>
internal sealed class SealedRelay(InferenceSockets sockets, SealingKeys keys, Siblings siblings, ReplicaState state, IOptions<SidecarOptions> options,
    Telemetry telemetry, ILogger<SealedRelay> logger)
{
    public const string Path = "/.well-known/ohttp-gateway";

    private const string KeyId = "Confidential-Key-Id";
    private const string Forwarded = "Confidential-Forwarded";
    private const int PieceSize = 16 * 1024;
    private static readonly Uri s_inference = new("http://inference/v1/sealed");
    private static readonly string[] s_guestHeaders = ["Confidential-Model", "Confidential-Keyset", "Retry-After"];

    public async Task RelayAsync(HttpContext context)
    {
        if (!Ohttp.TryFormatOfRequest(context.Request.ContentType, out SealedFormat format))
        {
            await RefuseAsync(context, "refused", StatusCodes.Status415UnsupportedMediaType,
                new(RefusalReason.Unsupported, $"A sealed request is {Ohttp.ChunkedRequestMediaType} or {Ohttp.RequestMediaType}.")).ConfigureAwait(false);
            return;
        }

        state.RequestStarted();
        try
        {
            if (state.InFlight > options.Value.Limits.SealedRequests)
            {
                context.Response.Headers.RetryAfter = "1";
                await RefuseAsync(context, "overloaded", StatusCodes.Status503ServiceUnavailable,
                    new(RefusalReason.Overloaded, "Too many sealed requests are in flight; ask again.")).ConfigureAwait(false);
                return;
            }

            LiftTimeLimits(context);
            using var content = new RelayedContent(context.Request, telemetry);
            content.Headers.ContentType = new MediaTypeHeaderValue(Ohttp.RequestType(format));
            await RelayAsync(context, content).ConfigureAwait(false);
        }
        finally
        {
            state.RequestEnded();
        }
    }

    private void LiftTimeLimits(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = options.Value.Limits.SealedRequestBytes;
        context.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = null;
        context.Features.GetRequiredFeature<IHttpMinResponseDataRateFeature>().MinDataRate = null;
    }

    private async Task RelayAsync(HttpContext context, RelayedContent content)
    {
        try
        {
            string name = context.Request.Headers[KeyId].ToString();
            bool named = name.Length == 16 && name.All(char.IsAsciiHexDigitLower);
            using HttpResponseMessage response = (named ? await ForwardAsync(context, content, name).ConfigureAwait(false) : null)
                ?? await SendAsync(sockets.Sealed, s_inference, content, named ? [(KeyId, name)] : [], context.RequestAborted).ConfigureAwait(false);
            await AnswerAsync(context, response).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException && !context.RequestAborted.IsCancellationRequested)
        {
            await FailAsync(context, content).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException
            && context.RequestAborted.IsCancellationRequested)
        {
            telemetry.Sealed("aborted");
            logger.RelayBroken("the caller");
        }
    }

    // A forwarded request is never forwarded again, so a wrong list of siblings makes no circle.
    private async Task<HttpResponseMessage?> ForwardAsync(HttpContext context, RelayedContent content, string name)
    {
        if (context.Request.Headers.ContainsKey(Forwarded) || await keys.HasAsync(name, context.RequestAborted).ConfigureAwait(false)
            || await siblings.FindAsync(name, context.RequestAborted).ConfigureAwait(false) is not { } sibling)
        {
            return null;
        }

        try
        {
            HttpResponseMessage response = await SendAsync(siblings.Client, new Uri($"http://{sibling}{Path}"), content,
                [(KeyId, name), (Forwarded, "1")], context.RequestAborted).ConfigureAwait(false);
            telemetry.Sealed("forwarded");
            return response;
        }
        catch (HttpRequestException) when (!content.Started)
        {
            // Our own Inference then says which keys it has.
            siblings.Forget();
            return null;
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker client, Uri address, RelayedContent content,
        (string Name, string Value)[] headers, CancellationToken cancellationToken)
    {
        // The message is not disposed here: its content may be needed once more, and its caller disposes that.
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext context, HttpResponseMessage response)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        SetHeaders(context, response);
        await using Stream source = await response.Content.ReadAsStreamAsync(context.RequestAborted).ConfigureAwait(false);
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            int read;
            while ((read = await source.ReadAsync(piece, context.RequestAborted).ConfigureAwait(false)) > 0)
            {
                await context.Response.Body.WriteAsync(piece.AsMemory(0, read), context.RequestAborted).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
                telemetry.SealedBytes("response", read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        telemetry.Sealed(response.IsSuccessStatusCode ? "answered" : "refused");
    }

    private void SetHeaders(HttpContext context, HttpResponseMessage response)
    {
        IHeaderDictionary headers = context.Response.Headers;
        string type = response.Content.Headers.ContentType?.ToString() ?? "application/octet-stream";
        context.Response.ContentType = type;
        context.Response.ContentLength = response.Content.Headers.ContentLength;
        headers["Confidential-Model"] = options.Value.Model.Name;
        headers["Confidential-Keyset"] = state.Inference?.KeysetSha256 ?? "";
        headers.CacheControl = "no-store, no-transform";
        headers["X-Accel-Buffering"] = "no";
        if (type == Ohttp.ChunkedResponseMediaType)
        {
            headers["Incremental"] = "?1";
        }

        // A sibling's answer is sealed with the sibling's keys, so its own headers count.
        foreach (string name in s_guestHeaders)
        {
            if (response.Headers.TryGetValues(name, out IEnumerable<string>? values))
            {
                headers[name] = values.First();
            }
        }
    }

    private async Task FailAsync(HttpContext context, RelayedContent content)
    {
        if (context.Response.HasStarted)
        {
            // An answer that was cut off must not look like one that ended.
            telemetry.Sealed("broken");
            logger.RelayBroken("Inference");
            context.Abort();
        }
        else if (content.Fault is { } fault)
        {
            bool tooLarge = fault.StatusCode == StatusCodes.Status413PayloadTooLarge;
            await RefuseAsync(context, "refused", fault.StatusCode, tooLarge
                ? new(RefusalReason.TooLarge, $"A sealed request has at most {options.Value.Limits.SealedRequestBytes} bytes.")
                : new(RefusalReason.Malformed, "The request's body cannot be read.")).ConfigureAwait(false);
        }
        else if (!content.Started)
        {
            context.Response.Headers.RetryAfter = "1";
            await RefuseAsync(context, "away", StatusCodes.Status503ServiceUnavailable,
                new(RefusalReason.ModelNotReady, "The model's process is not there; ask again.")).ConfigureAwait(false);
        }
        else
        {
            await RefuseAsync(context, "broken", StatusCodes.Status502BadGateway,
                new(RefusalReason.EndpointUnavailable, "The model's process broke the request off; whether it was worked on is not known.")).ConfigureAwait(false);
        }
    }

    private Task RefuseAsync(HttpContext context, string outcome, int status, Refusal refusal)
    {
        telemetry.Sealed(outcome);
        return Problems.WriteAsync(context, status, refusal);
    }
}
