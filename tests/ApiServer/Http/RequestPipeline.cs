using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Faults;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>What every request passes: absence, authentication, the log, planned faults, and errors as Status objects.</summary>
internal sealed class RequestPipeline(Credentials credentials, RequestLog log, FaultPlan faults, ResourceEndpoint resources, GeneralEndpoint general, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (faults.IsAway)
        {
            context.Abort();
            return;
        }

        ApiRequest? request = null;
        LoggedRequest? entry = null;
        int index = 0;
        try
        {
            request = ApiRequest.TryParse(context);
            entry = Describe(context, request);
            index = log.Begin(entry);
            if (!GeneralEndpoint.IsHealth(context.Request.Path) && !credentials.Accepts(context)) throw ApiErrors.Unauthorized();
            await RunAsync(context, request, faults.Take(entry));
        }
        catch (ApiStatusException error) when (!context.Response.HasStarted)
        {
            await context.WriteError(error);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
        }
        finally
        {
            if (entry is not null) log.End(index, entry, context.RequestAborted.IsCancellationRequested ? -1 : context.Response.StatusCode);
        }
    }

    private static LoggedRequest Describe(HttpContext context, ApiRequest? request) => new(
        request?.Verb ?? context.Request.Method.ToLowerInvariant(),
        request?.GroupResource ?? context.Request.Path.Value ?? "",
        request?.Namespace ?? "",
        request?.Name ?? "",
        request?.Subresource ?? "",
        context.Request.Headers.UserAgent.ToString(),
        context.Request.ContentType ?? "",
        0);

    private async Task RunAsync(HttpContext context, ApiRequest? request, Fault? fault)
    {
        if (fault is not null && fault.Delay > TimeSpan.Zero) await Task.Delay(fault.Delay, time, context.RequestAborted);
        if (fault is { AfterTheFact: true })
        {
            Stream answer = context.Response.Body;
            context.Response.Body = Stream.Null;
            await DispatchAsync(context, request);
            context.Response.Body = answer;
            context.Response.Headers.Clear();
        }

        if (fault?.Disconnect == true) context.Abort();
        else if (fault is { Status: { } told, InStream: true } && request?.Verb == "watch")
            await WatchStream.WriteErrorAsync(context.Response, ErrorOf(told, fault, request), context.RequestAborted);
        else if (fault?.Status is { } status) throw ErrorOf(status, fault, request);
        else await DispatchAsync(context, request);
    }

    private Task DispatchAsync(HttpContext context, ApiRequest? request) =>
        request is null ? general.HandleAsync(context) : resources.HandleAsync(request);

    private static ApiStatusException ErrorOf(int status, Fault fault, ApiRequest? request)
    {
        string what = $"{request?.GroupResource} \"{request?.Name}\"";
        return status switch
        {
            409 => new(409, "Conflict", $"Operation cannot be fulfilled on {what}: the object has been modified; please apply your changes to the latest version and try again"),
            410 => ApiErrors.Expired("The resourceVersion for the provided watch is too old."),
            429 => ApiErrors.TooManyRequests(fault.RetryAfterSeconds),
            503 => new(503, "ServiceUnavailable", "the server is currently unable to handle the request"),
            504 => new(504, "Timeout", "Timeout: request did not complete within the allotted timeout"),
            _ => new(status, "InternalError", "Internal error occurred: planned fault"),
        };
    }
}
