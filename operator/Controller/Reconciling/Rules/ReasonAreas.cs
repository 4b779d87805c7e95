using ConfidentialOperator.Controller.Broker;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;

namespace ConfidentialOperator.Controller.Reconciling.Rules;

/// <summary>Which condition a refusal belongs to.</summary>
internal static class ReasonAreas
{
    /// <summary>Gets whether the sealed model itself is the trouble.</summary>
    public static bool IsModel(RefusalReason reason) => (int)reason is >= 500 and < 600;

    /// <summary>Gets whether the guest was accepted and only the key was not given.</summary>
    public static bool IsKey(RefusalReason reason) =>
        reason is RefusalReason.ResourceNotFound or RefusalReason.ResourceNotOfModel or RefusalReason.ApprovalsMissing or RefusalReason.TeeKeyNotSupported;

    /// <summary>Gets whether guest or policy were not accepted, or the broker could not be asked.</summary>
    public static bool IsAttestation(RefusalReason reason) => (int)reason is >= 200 and < 500 && !IsKey(reason) && reason != RefusalReason.KeyReleased;

    /// <summary>Reads a peer's word for a reason; a word that is not known here is an internal error there.</summary>
    public static RefusalReason Read(string word) =>
        Enum.TryParse(word, out RefusalReason reason) && reason.ToString() == word ? reason : RefusalReason.InternalError;

    /// <summary>Gets what the Sidecar of a pod refused; null when it refused nothing.</summary>
    public static Refusal? RefusalOf(SidecarStatus? sidecar) => sidecar is { Phase: SidecarPhase.Refused }
        ? new Refusal(Read(sidecar.Reason), SafeText.Of(sidecar.Message))
        : null;

    /// <summary>Gets what the broker refused; null when it released.</summary>
    public static Refusal? RefusalOf(ReplicaAttestation? outcome) => outcome is null || outcome.Outcome == "Released"
        ? null
        : new Refusal(Read(outcome.Reason), SafeText.Of(outcome.Message));

    /// <summary>Says which pod it is about.</summary>
    public static Finding Failure(ObservedPod pod, Refusal refusal) => Finding.Fails(refusal.Reason, $"Pod {pod.Key.Name}: {refusal.Message}");
}
