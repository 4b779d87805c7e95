using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.Sidecar.Endpoints;

/// <summary>
/// Refusals as problem documents (RFC 9457). They do not wait for a body that nobody wants; the server throws away what still comes, so that the sender
/// gets to read the answer.
/// </summary>
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
}
