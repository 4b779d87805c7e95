using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;

namespace ConfidentialOperator.Controller.Reconciling.Rules;

/// <summary>What the pods do: whether they could fetch the model, and whether they serve it.</summary>
internal static class WorkloadRules
{
    public static Finding ModelResolved(ModelState state)
    {
        if (state.Rendered is null)
        {
            return Finding.Waits(RefusalReason.Pending, "The specification is not valid.");
        }

        if (PreconditionRules.Source(state) is { } unsupported)
        {
            return unsupported;
        }

        if (state.Wanted == 0)
        {
            return Finding.Holds("No replica is wanted that would need the model.");
        }

        if (Refused(state, ReasonAreas.IsModel) is { } refused)
        {
            return refused;
        }

        return state.Present.Any(pod => pod.IsReady || HasFetched(state.SidecarOf(pod)))
            ? Finding.Holds("The sealed model was fetched and is the one that the manifest's digest names.")
            : Finding.Waits(RefusalReason.RollingOut, state.Present.Any() ? "The sealed model is being fetched." : "The pods are being created.");
    }

    public static Finding Workloads(ModelState state)
    {
        if (state.Rendered is null)
        {
            return Finding.Waits(RefusalReason.Pending, "The specification is not valid.");
        }

        if (PreconditionRules.Names(state) is { } taken)
        {
            return taken;
        }

        if (!PreconditionRules.AllowWork(state))
        {
            return Finding.Waits(RefusalReason.Pending, "Other conditions must hold before objects are created or changed.");
        }

        if (Refused(state, reason => !ReasonAreas.IsModel(reason) && !ReasonAreas.IsAttestation(reason) && !ReasonAreas.IsKey(reason)) is { } refused)
        {
            return refused;
        }

        return IsRolledOut(state) ? Finding.Holds($"{state.Wanted} of {state.Wanted} replicas are ready.") : Progress(state);
    }

    private static Finding Progress(ModelState state) => state.Present.Any(pod => state.SidecarOf(pod) is { Phase: SidecarPhase.Loading })
        ? Finding.Waits(RefusalReason.LoadingModel, "Replicas load the model.")
        : Finding.Waits(RefusalReason.RollingOut, "Not all wanted replicas are up to date and ready.");

    private static bool HasFetched(SidecarStatus? sidecar) => sidecar?.Phase is
        SidecarPhase.Attesting or SidecarPhase.AwaitingKey or SidecarPhase.Loading or SidecarPhase.Ready or SidecarPhase.Refused;

    private static Finding? Refused(ModelState state, Func<RefusalReason, bool> concerns) => state.Present
        .Select(pod => (Pod: pod, Refusal: pod.IsReady ? null : ReasonAreas.RefusalOf(state.SidecarOf(pod))))
        .Where(entry => entry.Refusal is { } refusal && concerns(refusal.Reason))
        .Select(entry => ReasonAreas.Failure(entry.Pod, entry.Refusal!))
        .FirstOrDefault();

    private static bool IsRolledOut(ModelState state) =>
        state.Deployment is { Live.Rollout: { } progress, IsCurrent: true }
        && progress.Reached(state.Wanted)
        && state.Present.Count(pod => pod.IsReady) >= state.Wanted;
}
