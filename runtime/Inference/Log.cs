using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference;

/// <summary>Every line that Inference can log; none has a word of a request, an answer, a caller or an exception's text. Ids 3000-3099. Next free: 3011.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "The process is confined: no network, no dumps; memory locked: {MemoryLocked}")]
    public static partial void Confined(this ILogger logger, bool memoryLocked);

    [LoggerMessage(3001, LogLevel.Critical, "The process is not confined and takes no key: {Message}")]
    public static partial void NotConfined(this ILogger logger, string message);

    [LoggerMessage(3002, LogLevel.Information, "Model {Model} version {Version} is loaded and served ({Milliseconds} ms)")]
    public static partial void ModelLoaded(this ILogger logger, string model, long version, long milliseconds);

    [LoggerMessage(3003, LogLevel.Warning, "The model is refused: {Reason}: {Message}")]
    public static partial void ModelRefused(this ILogger logger, RefusalReason reason, string message);

    [LoggerMessage(3004, LogLevel.Information, "Caller list version {Version} is in force")]
    public static partial void CallersInForce(this ILogger logger, long version);

    [LoggerMessage(3005, LogLevel.Warning, "A caller list is refused: {Reason}")]
    public static partial void CallersRefused(this ILogger logger, RefusalReason reason);

    [LoggerMessage(3006, LogLevel.Information, "Keys rotated; {Live} generations live")]
    public static partial void KeysRotated(this ILogger logger, int live);

    [LoggerMessage(3007, LogLevel.Debug, "A sealed request is refused: {Reason}")]
    public static partial void RequestRefused(this ILogger logger, RefusalReason reason);

    [LoggerMessage(3008, LogLevel.Error, "A request failed with {ExceptionType} (correlation {Correlation}) at {StackTrace}")]
    public static partial void RequestFailed(this ILogger logger, string correlation, string exceptionType, string stackTrace);

    [LoggerMessage(3009, LogLevel.Warning, "A key for the model is refused: {Reason}")]
    public static partial void KeyRefused(this ILogger logger, RefusalReason reason);

    [LoggerMessage(3010, LogLevel.Information, "Inference answers on {KeysSocket} and {InferenceSocket}")]
    public static partial void Listening(this ILogger logger, string keysSocket, string inferenceSocket);
}
