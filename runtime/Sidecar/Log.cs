using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Sidecar;

/// <summary>Every line the Sidecar can log. Ids 4000-4099; never reuse one. Next free: 4010.</summary>
internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Information, "The Sidecar of {Replica} serves model {Model} (initdata {InitDataSha256})")]
    public static partial void Serving(this ILogger logger, string replica, string model, string initDataSha256);

    [LoggerMessage(4001, LogLevel.Information, "The model's key is with Inference; the next attestation is in {Wait}")]
    public static partial void KeyReleased(this ILogger logger, TimeSpan wait);

    [LoggerMessage(4002, LogLevel.Warning, "Refused: {Reason}; the next try is in {Wait}")]
    public static partial void RoundRefused(this ILogger logger, RefusalReason reason, TimeSpan wait);

    [LoggerMessage(4003, LogLevel.Error, "A round failed")]
    public static partial void RoundFailed(this ILogger logger, Exception exception);

    [LoggerMessage(4004, LogLevel.Information, "Evidence comes from {Source}")]
    public static partial void EvidenceSource(this ILogger logger, string source);

    [LoggerMessage(4005, LogLevel.Information, "{Files} sealed files of version {Version} are in place and right")]
    public static partial void ModelFetched(this ILogger logger, int files, long version);

    [LoggerMessage(4006, LogLevel.Warning, "Inference began anew; attesting again")]
    public static partial void InferenceRestarted(this ILogger logger);

    [LoggerMessage(4007, LogLevel.Error, "A request failed (correlation {Correlation})")]
    public static partial void RequestFailed(this ILogger logger, string correlation, Exception exception);

    [LoggerMessage(4008, LogLevel.Debug, "{Count} siblings hold {Keys} keys")]
    public static partial void SiblingsFound(this ILogger logger, int count, int keys);

    [LoggerMessage(4009, LogLevel.Debug, "An answer was cut off: {Side} broke the connection")]
    public static partial void RelayBroken(this ILogger logger, string side);
}
