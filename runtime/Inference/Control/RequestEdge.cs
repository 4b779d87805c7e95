using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Control;

/// <summary>
/// The edge of both sockets: an endpoint of the other socket does not exist, and a fault becomes a log line and a problem document. The text of an
/// exception goes nowhere, since it may quote what it stumbled over.
/// </summary>
internal sealed class RequestEdge(RequestDelegate next, ILogger<RequestEdge> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<SocketRole>() is { } role && role == context.Features.Get<SocketRole>())
            {
                await next(context).ConfigureAwait(false);
            }
            else
            {
                await Problems.WriteAsync(context, new(RefusalReason.Unsupported, "There is nothing here."), StatusCodes.Status404NotFound).ConfigureAwait(false);
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The peer went away: there is nobody to answer.
        }
        catch (BadHttpRequestException exception)
        {
            bool tooLarge = exception.StatusCode == StatusCodes.Status413PayloadTooLarge;
            await FailAsync(context, new(tooLarge ? RefusalReason.TooLarge : RefusalReason.Malformed, "The request cannot be read.")).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            logger.RequestFailed(context.TraceIdentifier, exception.GetType().Name, exception.StackTrace ?? "");
            await FailAsync(context, new(RefusalReason.InternalError, $"The request failed (correlation {context.TraceIdentifier}).")).ConfigureAwait(false);
        }
    }

    private static Task FailAsync(HttpContext context, Refusal refusal)
    {
        if (!context.Response.HasStarted)
        {
            return Problems.WriteAsync(context, refusal);
        }

        // What was sent is incomplete, and must not look complete.
        context.Abort();
        return Task.CompletedTask;
    }
}
