using ConfidentialOperator.Controller.Broker;
using ConfidentialOperator.Controller.Kubernetes;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>One pass over a model: gather, decide, apply.</summary>
internal sealed class ConfidentialModelReconciler(
    ClusterView cluster, StateGatherer gatherer, ActionApplier applier, Observer observer, ReferenceWatcher references, VerifiedVersions verified)
{
    /// <summary>Makes a pass; returns when to look again, null for never.</summary>
    public async Task<TimeSpan?> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (cluster.Models.Find(key) is not { } resource)
        {
            observer.Forget(key);
            references.Keep(key, []);
            verified.Forget(key);
            return null;
        }

        ModelState state = await gatherer.GatherAsync(resource, cancellationToken).ConfigureAwait(false);
        return await applier.ApplyAsync(state, ModelDecision.Decide(state), cancellationToken).ConfigureAwait(false);
    }
}
