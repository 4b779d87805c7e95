using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Controller;

/// <summary>Every line the Controller can log. Ids 1000-1099; never reuse one. Next free: 1021.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "Controller {Identity} works against {Server}; metrics on port {MetricsPort}, health on port {HealthPort}")]
    public static partial void Started(this ILogger logger, string identity, Uri server, int metricsPort, int healthPort);

    [LoggerMessage(1001, LogLevel.Information, "Caches are filled: {Models} models")]
    public static partial void Synced(this ILogger logger, int models);

    [LoggerMessage(1002, LogLevel.Information, "Waits for lease {Lease} as {Identity}")]
    public static partial void Electing(this ILogger logger, string lease, string identity);

    [LoggerMessage(1003, LogLevel.Information, "{Identity} leads")]
    public static partial void Leading(this ILogger logger, string identity);

    [LoggerMessage(1004, LogLevel.Error, "{Identity} lost the lease and stops its work until it leads again")]
    public static partial void LeadershipLost(this ILogger logger, string identity);

    [LoggerMessage(1005, LogLevel.Information, "{Identity} gave the lease back")]
    public static partial void LeaseReleased(this ILogger logger, string identity);

    [LoggerMessage(1006, LogLevel.Warning, "The lease could not be read or written: {Problem}")]
    public static partial void LeaseFailed(this ILogger logger, string problem);

    [LoggerMessage(1007, LogLevel.Debug, "The version of {Resource} is too old for the API server; lists anew")]
    public static partial void VersionForgotten(this ILogger logger, string resource);

    [LoggerMessage(1008, LogLevel.Warning, "The watch of {Resource} failed and is tried again: {Problem}")]
    public static partial void WatchFailed(this ILogger logger, string resource, string problem);

    [LoggerMessage(1009, LogLevel.Warning, "An object of {Resource} cannot be read and is left out")]
    public static partial void ObjectUnreadable(this ILogger logger, string resource);

    [LoggerMessage(1010, LogLevel.Warning, "Event {Reason} of {Model} was dropped")]
    public static partial void EventDropped(this ILogger logger, RefusalReason reason, ObjectKey model);

    [LoggerMessage(1011, LogLevel.Information, "Applied {Kind} {Name} of model {Model}")]
    public static partial void Applied(this ILogger logger, string kind, string name, ObjectKey model);

    [LoggerMessage(1012, LogLevel.Information, "Model {Model} is {Reason}")]
    public static partial void StateChanged(this ILogger logger, ObjectKey model, RefusalReason reason);

    [LoggerMessage(1013, LogLevel.Warning, "A pass over {Model} failed and is tried again: {Problem}")]
    public static partial void PassFailed(this ILogger logger, ObjectKey model, string problem);

    [LoggerMessage(1014, LogLevel.Error, "A pass over {Model} met a fault of the program")]
    public static partial void PassBroken(this ILogger logger, ObjectKey model, Exception exception);

    [LoggerMessage(1015, LogLevel.Information, "The broker took the policy of {Model}")]
    public static partial void PolicyCarried(this ILogger logger, ObjectKey model);

    [LoggerMessage(1016, LogLevel.Warning, "The broker refused the policy of {Model}: {Reason}")]
    public static partial void PolicyRefused(this ILogger logger, ObjectKey model, RefusalReason reason);

    [LoggerMessage(1017, LogLevel.Information, "Let go of {Model}: its sessions at the broker are revoked")]
    public static partial void LetGo(this ILogger logger, ObjectKey model);

    [LoggerMessage(1018, LogLevel.Warning, "Let go of {Model} although its sessions at the broker could not be revoked: {Reason}")]
    public static partial void LetGoLate(this ILogger logger, ObjectKey model, RefusalReason reason);

    [LoggerMessage(1019, LogLevel.Error, "The observation of {Model} met a fault of the program and goes on")]
    public static partial void ObservationBroken(this ILogger logger, ObjectKey model, Exception exception);

    [LoggerMessage(1020, LogLevel.Error, "The Controller ends: {Problem}")]
    public static partial void Failed(this ILogger logger, string problem);
}
