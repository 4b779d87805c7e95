using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;

namespace ConfidentialOperator.Controller.Reconciling.Rules;

/// <summary>What the broker says: whether policy and guests are accepted, and whether they have the key.</summary>
internal static class TrustRules
{
    public static Finding Attestation(ModelState state)
    {
        if (state.Rendered is null)
        {
            return Finding.Waits(RefusalReason.Pending, "The specification is not valid.");
        }

        return PreconditionRules.References(state) ?? Policy(state) ?? Guests(state);
    }

    public static Finding Key(ModelState state)
    {
        if (state.Rendered is null)
        {
            return Finding.Waits(RefusalReason.Pending, "The specification is not valid.");
        }

        if (RefusedPod(state, ReasonAreas.IsKey) is { } refused)
        {
            return refused;
        }

        return Released(state).Count() >= state.Wanted
            ? Finding.Holds("The broker released the model's key to every wanted replica.", RefusalReason.KeyReleased)
            : Finding.Waits(RefusalReason.AwaitingKey, "Not every wanted replica has the model's key.");
    }

    /// <summary>Gets the pods to which the broker gave the key when they asked last.</summary>
    public static IEnumerable<ObservedPod> Released(ModelState state) => state.Present.Where(pod => state.OutcomeOf(pod) is { Outcome: "Released" });

    private static Finding? Policy(ModelState state) => Refused(state) ?? Unavailable(state) ?? Expired(state);

    private static Finding? Refused(ModelState state) =>
        state.Delivery is { Refusal: { } refusal } delivery && delivery.PayloadSha256 == state.Envelope?.PayloadSha256
            && state.Statement?.PolicySha256 != delivery.PayloadSha256
            ? Finding.Fails(refusal)
            : null;

    // While the broker cannot be asked, a model that had everything is not known to have lost it; any other is kept from going on.
    private static Finding? Unavailable(ModelState state)
    {
        if (state.Observation?.Broker.Refusal is not { } trouble || trouble.Reason == RefusalReason.PolicyNotFound)
        {
            return null;
        }

        bool complete = state.Statement is not null && Released(state).Count() >= state.Wanted;
        return complete ? Finding.Waits(trouble.Reason, trouble.Message) : Finding.Fails(trouble);
    }

    private static Finding? Expired(ModelState state) => state.Statement is { } statement && statement.NotAfter < state.Now.ToUnixTimeSeconds()
        ? Finding.Fails(
            RefusalReason.PolicyExpired,
            $"Policy {statement.PolicyVersion} ended at {DateTimeOffset.FromUnixTimeSeconds(statement.NotAfter):u}; the model's owner must sign a newer one.")
        : null;

    private static Finding Guests(ModelState state)
    {
        if (RefusedPod(state, ReasonAreas.IsAttestation) is { } refused)
        {
            return refused;
        }

        int attested = state.Present.Count(pod => state.OutcomeOf(pod) is { } outcome
            && (outcome.Outcome == "Released" || ReasonAreas.IsKey(ReasonAreas.Read(outcome.Reason))));
        if (attested >= state.Wanted)
        {
            return Finding.Holds("The broker accepts the policy and every wanted replica.");
        }

        return state.Present.Any()
            ? Finding.Waits(RefusalReason.AwaitingAttestation, "Not every wanted replica has proved itself to the broker.")
            : Finding.Waits(RefusalReason.RollingOut, "The pods are being created.");
    }

    // The broker's word counts before the pod's own: what the pod says is shown only where the broker has refused nothing.
    private static Finding? RefusedPod(ModelState state, Func<RefusalReason, bool> concerns)
    {
        (ObservedPod Pod, ReplicaAttestation? Outcome)[] pods = [.. state.Present.Select(pod => (pod, state.OutcomeOf(pod)))];
        foreach ((ObservedPod pod, ReplicaAttestation? outcome) in pods.OrderByDescending(entry => entry.Outcome?.At ?? 0))
        {
            Refusal? refusal = ReasonAreas.RefusalOf(outcome) ?? (pod.IsReady ? null : ReasonAreas.RefusalOf(state.SidecarOf(pod)));
            if (refusal is not null && concerns(refusal.Reason))
            {
                return ReasonAreas.Failure(pod, refusal);
            }
        }

        return null;
    }
}
