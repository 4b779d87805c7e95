using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli;

/// <summary>Every line the proxy can log. Ids 5050-5099 (the client library has 5000-5049); never reuse one. Next free: 5056. Content has no method here.</summary>
internal static partial class Log
{
    [LoggerMessage(5050, LogLevel.Information, "Model {Model} is verified: replica {Replica}, measurement {Measurement}, keys until {ValidUntil}")]
    public static partial void GuestVerified(this ILogger logger, string model, string replica, ByteString measurement, DateTimeOffset validUntil);

    [LoggerMessage(5051, LogLevel.Warning, "Model {Model} is verified on development hardware: nothing real stands behind it")]
    public static partial void GuestIsDevelopment(this ILogger logger, string model);

    [LoggerMessage(5052, LogLevel.Warning, "Model {Model} is not verified and gets no request: {Reason}: {Message}")]
    public static partial void GuestRefused(this ILogger logger, string model, RefusalReason reason, string message);

    [LoggerMessage(5053, LogLevel.Information, "The proxy serves {Models} models on {Address}")]
    public static partial void Serving(this ILogger logger, int models, string address);

    [LoggerMessage(5054, LogLevel.Debug, "A request to {Model} was refused: {Reason}")]
    public static partial void RequestRefused(this ILogger logger, string model, RefusalReason reason);

    [LoggerMessage(5055, LogLevel.Warning, "An answer of {Model} was cut: {Reason}; its connection is broken, so that nobody takes it for complete")]
    public static partial void AnswerCut(this ILogger logger, string model, RefusalReason reason);
}
