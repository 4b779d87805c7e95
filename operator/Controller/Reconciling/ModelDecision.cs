using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Controller.Reconciling.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>Decides what a pass does. Pure: the same state gives the same decision.</summary>
internal static class ModelDecision
{
    public const string Finalizer = "confidential-operator.dev/key-broker";

    public static Decision Decide(ModelState state)
    {
        if (state.Resource.DeletedAt is { } since)
        {
            return Farewell.Decide(state, since);
        }

        Findings findings = Evaluate(state);
        ConfidentialModelStatus? before = state.Resource.ReadStatus();
        ConfidentialModelStatus status = StatusMaker.Make(state, findings, before);
        bool same = StatusMaker.Same(status, before);
        return new Decision
        {
            Actions = [.. Actions(state)],
            Status = same ? null : status,
            Events = same ? [] : [.. Events(state, findings, before)],
            Again = Again(state, findings),
            Steady = findings.Worst is null,
        };
    }

    /// <summary>Judges a state.</summary>
    public static Findings Evaluate(ModelState state) => new()
    {
        SpecValid = PreconditionRules.SpecValid(state),
        PlacementReady = PreconditionRules.Placement(state),
        ModelResolved = WorkloadRules.ModelResolved(state),
        AttestationReady = TrustRules.Attestation(state),
        KeyReleased = TrustRules.Key(state),
        WorkloadsReady = WorkloadRules.Workloads(state),
    };

    private static IEnumerable<ModelAction> Actions(ModelState state)
    {
        if (!PreconditionRules.AllowWork(state))
        {
            yield break;
        }

        if (!state.Resource.Finalizers.Contains(Finalizer))
        {
            yield return new ModelAction.Hold();
        }

        // The policy goes first: guests that ask before it is there are refused and wait longer before they ask again.
        if (MustDeliver(state))
        {
            yield return new ModelAction.Deliver(state.Target!, state.Envelope!);
        }

        foreach (ChildState child in state.Children.Where(child => !child.IsCurrent))
        {
            yield return new ModelAction.Apply(child);
        }
    }

    private static bool MustDeliver(ModelState state)
    {
        if (state.Target is null || state.Envelope is not { } envelope || state.Observation?.Broker.IsUnavailable != false
            || state.Statement?.PolicySha256 == envelope.PayloadSha256)
        {
            return false;
        }

        return state.Delivery is not { } delivery || delivery.PayloadSha256 != envelope.PayloadSha256 || state.Now - delivery.At >= state.Times.Retry;
    }

    private static IEnumerable<EventNote> Events(ModelState state, Findings findings, ConfidentialModelStatus? before)
    {
        bool hadKey = StatusMaker.Find(before, nameof(Findings.KeyReleased))?.Status == Finding.True;
        if (!hadKey && findings.KeyReleased.Status == Finding.True && state.Wanted > 0)
        {
            yield return Note(state, findings.KeyReleased);
        }

        Condition? was = StatusMaker.Find(before, nameof(Findings.Ready));
        if (was is null || was.Reason != findings.Ready.Reason.ToString() || was.Status != findings.Ready.Status)
        {
            yield return Note(state, findings.Ready);
        }
    }

    private static EventNote Note(ModelState state, Finding finding) => new(
        state.Resource.Key, state.Resource.Uid, finding.Status == Finding.False, finding.Reason, finding.Message);

    // Everything else that can change tells of itself; these are clocks, and objects of others that are not watched.
    private static TimeSpan? Again(ModelState state, Findings findings)
    {
        List<TimeSpan> times = [];
        bool undelivered = state.Envelope is { } envelope && state.Statement?.PolicySha256 != envelope.PayloadSha256;
        if (undelivered || findings.WorkloadsReady.Reason == RefusalReason.NameTaken)
        {
            times.Add(state.Times.Retry);
        }

        if (state.Statement is { } statement && DateTimeOffset.FromUnixTimeSeconds(statement.NotAfter) - state.Now is { } left && left >= TimeSpan.Zero)
        {
            times.Add(left + TimeSpan.FromSeconds(1));
        }

        return times.Count == 0 ? null : times.Min();
    }
}
