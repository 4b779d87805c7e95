using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Errors;

/// <summary>An answer other than success, as the <c>Status</c> object that a client reads.</summary>
public sealed class ApiStatusException : Exception
{
    internal ApiStatusException(int code, string reason, string message, JsonObject? details = null)
        : base(message)
    {
        Code = code;
        Reason = reason;
        Details = details;
    }

    /// <summary>Gets the HTTP status code.</summary>
    public int Code { get; }

    /// <summary>Gets the machine-readable reason, for example <c>NotFound</c>.</summary>
    public string Reason { get; }

    /// <summary>Gets the structured part: name, kind, causes.</summary>
    public JsonObject? Details { get; }

    /// <summary>Gets the seconds of the <c>Retry-After</c> header, when there is one.</summary>
    public int? RetryAfterSeconds => (int?)Details.Integer("retryAfterSeconds");

    /// <summary>Makes the <c>Status</c> object of the wire.</summary>
    public JsonObject ToStatus()
    {
        JsonObject status = new()
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (Reason.Length > 0) status["reason"] = Reason;
        if (Details is not null) status["details"] = Details.DeepClone();
        status["code"] = Code;
        return status;
    }
}
