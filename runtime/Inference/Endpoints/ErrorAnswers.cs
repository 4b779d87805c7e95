using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.BinaryHttp;

namespace ConfidentialOperator.Inference.Endpoints;

/// <summary>Refusals in the forms that clients know: OpenAI's object, and the one sentence of the Open Inference Protocol.</summary>
internal static class ErrorAnswers
{
    /// <summary>Answers in OpenAI's shape; the stable reason is its <c>code</c>.</summary>
    public static InnerAnswer OpenAi(Refusal refusal, string? field = null)
    {
        int status = Status(refusal.Reason);
        return Answer(status, new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["message"] = refusal.Message,
                ["type"] = Type(status),
                ["param"] = field,
                ["code"] = refusal.Reason.ToString(),
            },
        });
    }

    /// <summary>Answers in the shape of the Open Inference Protocol; the sentence begins with the stable reason.</summary>
    public static InnerAnswer OpenInference(Refusal refusal) =>
        Answer(Status(refusal.Reason), new JsonObject { ["error"] = refusal.ToString() });

    private static InnerAnswer Answer(int status, JsonObject document) => new()
    {
        Status = status,
        Headers = Headers(status),
        Content = Encoding.UTF8.GetBytes(document.ToJsonString()),
    };

    private static HeaderField[] Headers(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => [new("www-authenticate", "Bearer")],
        StatusCodes.Status429TooManyRequests => [new("retry-after", "1")],
        _ => [],
    };

    private static int Status(RefusalReason reason) => reason switch
    {
        RefusalReason.CallerUnknown or RefusalReason.CallerExpired => StatusCodes.Status401Unauthorized,
        RefusalReason.CallerModelForbidden => StatusCodes.Status403Forbidden,
        RefusalReason.ModelNotFound or RefusalReason.ResourceNotFound => StatusCodes.Status404NotFound,
        RefusalReason.TooLarge => StatusCodes.Status413PayloadTooLarge,
        RefusalReason.CallerLimitExceeded or RefusalReason.Overloaded or RefusalReason.RateLimited => StatusCodes.Status429TooManyRequests,
        RefusalReason.InternalError => StatusCodes.Status500InternalServerError,
        RefusalReason.ModelNotReady => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    private static string Type(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        >= StatusCodes.Status500InternalServerError => "server_error",
        _ => "invalid_request_error",
    };
}
