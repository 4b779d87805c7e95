using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Sidecar.Endpoints;

/// <summary>The edge of every request: it is counted, and a fault becomes a log line and a problem document without detail.</summary>
internal sealed class RequestEdge(RequestDelegate next, Telemetry telemetry, TimeProvider time, ILogger<RequestEdge> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        long start = time.GetTimestamp();
        context.Response.Headers.XContentTypeOptions = "nosniff";
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
            await Problems.WriteAsync(context, exception.StatusCode, new(RefusalReason.Malformed, "The request cannot be read.")).ConfigureAwait(false);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            logger.RequestFailed(context.TraceIdentifier, exception);
            await Problems.WriteAsync(context, StatusCodes.Status500InternalServerError,
                new(RefusalReason.InternalError, $"The Sidecar could not answer (correlation {context.TraceIdentifier}).")).ConfigureAwait(false);
        }
        finally
        {
            string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
            string method = HttpMethods.GetCanonicalizedValue(context.Request.Method);
            telemetry.Request(route, IsKnown(method) ? method : "other", context.Response.StatusCode, time.GetElapsedTime(start));
        }
    }

    private static bool IsKnown(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method) || HttpMethods.IsHead(method);
}
