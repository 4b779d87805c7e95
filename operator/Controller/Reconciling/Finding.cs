using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>One condition before it has a time.</summary>
/// <param name="Status">True, False or Unknown.</param>
/// <param name="Reason">The stable code.</param>
/// <param name="Message">The sentence.</param>
internal sealed record Finding(string Status, RefusalReason Reason, string Message)
{
    public const string True = "True";
    public const string False = "False";
    public const string Unknown = "Unknown";

    private static readonly HashSet<RefusalReason> s_passing =
    [
        RefusalReason.KeyBrokerUnavailable, RefusalReason.SessionExpired, RefusalReason.NonceMismatch, RefusalReason.RateLimited,
        RefusalReason.EvidenceUnavailable, RefusalReason.ModelFetchFailed, RefusalReason.NoSuitableNode, RefusalReason.InternalError,
        RefusalReason.EndpointUnavailable, RefusalReason.ModelNotReady, RefusalReason.Overloaded, RefusalReason.RollingOut, RefusalReason.Deleting,
    ];

    /// <summary>Gets whether only a person can mend it.</summary>
    public bool IsStalled => Status == False && !s_passing.Contains(Reason);

    public static Finding Holds(string message, RefusalReason reason = RefusalReason.Satisfied) => new(True, reason, message);

    public static Finding Fails(RefusalReason reason, string message) => new(False, reason, message);

    public static Finding Fails(Refusal refusal) => new(False, refusal.Reason, refusal.Message);

    public static Finding Waits(RefusalReason reason, string message) => new(Unknown, reason, message);
}
