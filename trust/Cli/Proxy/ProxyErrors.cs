using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Proxy;

/// <summary>Errors in the shape that the client of a route expects: OpenAI's, or the Open Inference Protocol's.</summary>
internal static class ProxyErrors
{
    public static Task WriteAsync(HttpContext context, Refusal refusal, CancellationToken cancellationToken) =>
        WriteAsync(context, StatusOf(refusal.Reason), refusal.Reason.ToString(), refusal.Message, cancellationToken);

    public static async Task WriteAsync(HttpContext context, int status, string code, string message, CancellationToken cancellationToken)
    {
        JsonNode error = context.Request.Path.StartsWithSegments("/v2")
            ? JsonValue.Create($"{code}: {message}")
            : new JsonObject { ["message"] = message, ["type"] = status >= 500 ? "server_error" : "invalid_request_error", ["param"] = null, ["code"] = code };
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["error"] = error }), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// A guest that is not accepted is 403: SDKs try a 5xx again, and a refusal does not get better by that. What may mend itself is 502, 503 or 429.
    /// </summary>
    public static int StatusOf(RefusalReason reason) => reason switch
    {
        RefusalReason.TooLarge => StatusCodes.Status413PayloadTooLarge,
        RefusalReason.RequestInvalid => StatusCodes.Status400BadRequest,
        RefusalReason.ModelNotFound => StatusCodes.Status404NotFound,
        RefusalReason.RateLimited or RefusalReason.Overloaded => StatusCodes.Status429TooManyRequests,
        RefusalReason.ModelNotReady or RefusalReason.EvidenceUnavailable => StatusCodes.Status503ServiceUnavailable,
        RefusalReason.InternalError => StatusCodes.Status500InternalServerError,
        >= RefusalReason.EvidenceUnavailable and < RefusalReason.KeyBrokerUnavailable or RefusalReason.KeysetMismatch or RefusalReason.NonceMismatch
            or RefusalReason.SignatureInvalid or RefusalReason.Unsupported => StatusCodes.Status403Forbidden,
        _ => StatusCodes.Status502BadGateway,
    };
}
