using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Endpoints;

/// <summary>The edge of every request: it is counted, and a fault becomes a log line and a problem document without detail.</summary>
internal sealed class RequestEdge(RequestDelegate next, Telemetry telemetry, TimeProvider time, ILogger<RequestEdge> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        long start = time.GetTimestamp();
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The peer went away: there is nobody to answer.
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            var refusal = new Refusal(exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? RefusalReason.TooLarge : RefusalReason.Malformed,
                "The request cannot be read.");
            await Problems.Own(refusal).ExecuteAsync(context).ConfigureAwait(false);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            logger.RequestFailed(context.TraceIdentifier, exception);
            var refusal = new Refusal(RefusalReason.InternalError, $"The broker could not answer (correlation {context.TraceIdentifier}).");
            await Problems.Own(refusal).ExecuteAsync(context).ConfigureAwait(false);
        }
        finally
        {
            string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
            telemetry.Request(route, HttpMethods.GetCanonicalizedValue(context.Request.Method) is var method && IsKnown(method) ? method : "other",
                context.Response.StatusCode, time.GetElapsedTime(start));
        }
    }

    private static bool IsKnown(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method) || HttpMethods.IsHead(method);
}
