using System.Globalization;
using System.Text.Json;

namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>The API server said no. The message holds no text of the server: bodies of errors can repeat Secrets.</summary>
internal sealed class ApiException : Exception
{
    public ApiException(int status, string reason, TimeSpan? retryAfter = null)
        : base(string.Create(CultureInfo.InvariantCulture, $"The API server answered {status} {reason}."))
    {
        Status = status;
        Reason = reason;
        RetryAfter = retryAfter;
    }

    public int Status { get; }

    /// <summary>Gets the machine-readable reason of the Status object, for example Conflict.</summary>
    public string Reason { get; }

    /// <summary>Gets how long the server wants to be left alone.</summary>
    public TimeSpan? RetryAfter { get; }

    public bool IsGone => Status == 410;

    /// <summary>Gets whether the same request will fail again until somebody changes something.</summary>
    public bool IsLasting => Status is 400 or 403 or 405 or 413 or 415 or 422;

    /// <summary>Makes the exception of a Status object.</summary>
    public static ApiException Of(int status, JsonElement body, TimeSpan? retryAfter)
    {
        int code = body.TryNumber("code") is { } given and > 0 and < 1000 ? (int)given : status;
        string reason = body.TryText("reason") is { Length: > 0 and <= 64 } text && text.All(char.IsAsciiLetter) ? text : "Unknown";
        return new ApiException(code, reason, retryAfter);
    }
}
