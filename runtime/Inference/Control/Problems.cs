using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.Inference.Control;

/// <summary>Refusals in clear, as problem documents. Nothing that came sealed is told in one.</summary>
internal static class Problems
{
    public static int Status(RefusalReason reason) => reason switch
    {
        RefusalReason.ModelNotFound => StatusCodes.Status404NotFound,
        RefusalReason.RequestReplayed => StatusCodes.Status409Conflict,
        RefusalReason.TooLarge => StatusCodes.Status413PayloadTooLarge,
        RefusalReason.KeyConfigurationExpired => StatusCodes.Status422UnprocessableEntity,
        RefusalReason.NetworkNotConfined => StatusCodes.Status403Forbidden,
        RefusalReason.ModelNotReady => StatusCodes.Status503ServiceUnavailable,
        RefusalReason.InternalError => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status400BadRequest,
    };

    public static Task WriteAsync(HttpContext context, Refusal refusal, int? status = null) =>
        SendAsync(context, status ?? Status(refusal.Reason), new Problem(status ?? Status(refusal.Reason), refusal).ToJson());

    /// <summary>Says that the key is gone, and which keys there are: the client takes none of them before it has verified the keyset.</summary>
    public static Task WriteExpiredAsync(HttpContext context, Refusal refusal, byte[] keys)
    {
        int status = Status(RefusalReason.KeyConfigurationExpired);
        JsonObject document = JsonNode.Parse(new Problem(status, refusal).ToJson())!.AsObject();
        document["type"] = Ohttp.KeyProblemType;
        document["keys"] = Convert.ToBase64String(keys);
        return SendAsync(context, status, ConfidentialOperator.Protocol.Json.CanonicalJson.Serialize(document));
    }

    private static async Task SendAsync(HttpContext context, int status, byte[] document)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = Problem.MediaType;
        context.Response.ContentLength = document.Length;
        await context.Response.Body.WriteAsync(document, context.RequestAborted).ConfigureAwait(false);
    }
}
