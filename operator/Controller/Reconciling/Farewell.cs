using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>
/// Decides for a resource that is being deleted: first the pods go, then their sessions at the broker, then our finalizer. So no guest that is
/// still running can come back to the broker. The garbage collector removes the rest. Nothing is waited for beyond the deadline.
/// </summary>
internal static class Farewell
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    public static Decision Decide(ModelState state, DateTimeOffset since)
    {
        if (!state.Resource.Finalizers.Contains(ModelDecision.Finalizer))
        {
            return Decision.Nothing;
        }

        TimeSpan waited = state.Now - since;
        ConfidentialModelStatus? before = state.Resource.ReadStatus();
        ConfidentialModelStatus status = Status(state, before);
        bool same = StatusMaker.Same(status, before);
        Finding finding = Leaving();
        return new Decision
        {
            Actions = [.. Actions(state, waited)],
            Status = same ? null : status,
            Events = same ? [] : [new EventNote(state.Resource.Key, state.Resource.Uid, Warning: false, finding.Reason, finding.Message)],
            Again = s_pause,
        };
    }

    private static IEnumerable<ModelAction> Actions(ModelState state, TimeSpan waited)
    {
        ChildState? deployment = state.Deployment;
        bool ours = deployment?.Live is not null && !deployment.IsForeignTo(state.Resource.Uid);
        if (ours && !deployment!.Live!.IsLeaving)
        {
            yield return new ModelAction.Delete(deployment);
        }
        else if (!(ours || state.Pods.Count > 0) || waited >= state.Times.FinalizerDeadline / 2)
        {
            yield return new ModelAction.LetGo(state.Target, waited >= state.Times.FinalizerDeadline);
        }
    }

    private static Finding Leaving() => Finding.Fails(RefusalReason.Deleting, "The resource is being deleted.");

    private static ConfidentialModelStatus Status(ModelState state, ConfidentialModelStatus? before)
    {
        Finding leaving = Leaving();
        IReadOnlyList<Condition> changed = StatusMaker.Conditions(
            state.Resource.Generation,
            [(nameof(Findings.Reconciling), Finding.Holds(leaving.Message, leaving.Reason)), (nameof(Findings.Ready), leaving)],
            before,
            state.Now);
        return (before ?? new ConfidentialModelStatus()) with
        {
            ObservedGeneration = state.Resource.Generation,
            Conditions = [.. (before?.Conditions ?? []).Where(old => changed.All(condition => condition.Type != old.Type)), .. changed],
        };
    }
}
