using System.Net;
using System.Text.Json;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.Sidecar.KeyFetch;

/// <summary>What a broker's error means. Ours names the reason; Trustee has only a type, whose last part is the name of its error.</summary>
internal static class BrokerRefusals
{
    private const int LongestDetail = 512;

    public static Refusal From(HttpStatusCode status, byte[] body)
    {
        if (Problem.TryParse(body, out Problem? problem, out _) && problem.Refusal.Reason != RefusalReason.None)
        {
            return problem.Refusal with { Message = Clean(problem.Refusal.Message) };
        }

        (string variant, string detail) = ReadTrustee(body);
        RefusalReason reason = variant switch
        {
            "TokenNotFound" => RefusalReason.SessionExpired,
            "PolicyDeny" or "AdminAuthAccess" => RefusalReason.NotAuthorized,
            "AttestationError" => RefusalReason.EvidenceKindNotAccepted,
            "InvalidRequestPath" or "PluginNotFound" or "PluginInternalError" => RefusalReason.ResourceNotFound,
            "JweError" => RefusalReason.TeeKeyNotSupported,
            "SerdeError" => RefusalReason.Malformed,
            _ => FromStatus(status),
        };
        return new Refusal(reason, $"The key broker answered {(int)status}{(detail.Length > 0 ? ": " + Clean(detail) : ".")}");
    }

    private static RefusalReason FromStatus(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => RefusalReason.NotAuthorized,
        HttpStatusCode.NotFound => RefusalReason.ResourceNotFound,
        HttpStatusCode.RequestEntityTooLarge => RefusalReason.TooLarge,
        HttpStatusCode.TooManyRequests => RefusalReason.RateLimited,
        _ => RefusalReason.KeyBrokerUnavailable,
    };

    private static (string Variant, string Detail) ReadTrustee(byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return (Text(document.RootElement, "type").Split('/')[^1], Text(document.RootElement, "detail"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or a text that is none: half a surrogate pair, bytes that are no UTF-8.
            return ("", "");
        }
    }

    private static string Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()! : "";

    // The sentence of another process ends up on somebody's terminal.
    private static string Clean(string text) =>
        new([.. text.Take(LongestDetail).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c)]);
}
