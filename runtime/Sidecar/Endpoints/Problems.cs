using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.Sidecar.Endpoints;

/// <summary>Refusals as problem documents (RFC 9457).</summary>
internal static class Problems
{
    public static async Task WriteAsync(HttpContext context, int status, Refusal refusal)
    {
        byte[] body = new Problem(status, refusal).ToJson();
        context.Response.StatusCode = status;
        context.Response.ContentType = Problem.MediaType;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Refuses a request whose body was not read, and will not be: the connection ends with the answer.</summary>
    public static Task WriteUnreadAsync(HttpContext context, int status, Refusal refusal)
    {
        context.Response.Headers.Connection = "close";
        return WriteAsync(context, status, refusal);
    }
}
