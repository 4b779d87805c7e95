using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.Lab.Node.Control;

namespace ConfidentialOperator.Lab.Node.Workloads;

/// <summary>The Deployment controller: a ReplicaSet for each template, moved from old to new as far as the strategy allows.</summary>
internal sealed class DeploymentLoop : IAsyncDisposable
{
    private const string Component = "deployment-controller";

    private readonly Store _store;
    private readonly EventLog _events;
    private readonly TimeProvider _time;
    private readonly ControlLoop _loop;

    public DeploymentLoop(Store store, EventLog events, TimeProvider time)
    {
        _store = store;
        _events = events;
        _time = time;
        _loop = new ControlLoop(store, ["deployments.apps", "replicasets.apps"], ReconcileAsync);
    }

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private Task ReconcileAsync()
    {
        foreach (JsonObject deployment in _store.List("deployments.apps").Where(item => !Owned.IsLeaving(item))) Reconcile(deployment);
        return Task.CompletedTask;
    }

    private void Reconcile(JsonObject deployment)
    {
        string hash = PodTemplates.Hash(deployment.Find("spec", "template"));
        List<JsonObject> sets = [.. Owned.By(_store, deployment, "replicasets.apps").Where(set => !Owned.IsLeaving(set)).OrderBy(Revision)];
        JsonObject? current = sets.Find(set => set.Text("metadata", "labels", PodTemplates.HashLabel) == hash);
        List<JsonObject> old = [.. sets.Where(set => set != current)];
        current = Revised(current, old) ?? Create(deployment, hash, old);
        if (deployment.Find("spec", "paused") is not JsonValue paused || !paused.GetValue<bool>()) Move(deployment, current, old);
        RemoveOldest(deployment, old);
        DeploymentStatus.Write(_store, deployment, current, old, Times.Text(_time.GetUtcNow()), _time);
        MarkRevision(deployment, current);
    }

    private JsonObject Create(JsonObject deployment, string hash, List<JsonObject> old)
    {
        long revision = old.Count == 0 ? 1 : old.Max(Revision) + 1;
        return _store.Create(PodTemplates.ReplicaSet(deployment, hash, 0, revision));
    }

    /// <summary>A template that was used before becomes the newest again.</summary>
    private JsonObject? Revised(JsonObject? current, List<JsonObject> old)
    {
        long newest = old.Count == 0 ? 0 : old.Max(Revision);
        if (current is null || Revision(current) > newest) return current;
        return _store.Modify("replicasets.apps", current.Namespace(), current.Name(),
            item => item.Metadata().Child("annotations")[PodTemplates.RevisionAnnotation] = (newest + 1).ToString());
    }

    private void Move(JsonObject deployment, JsonObject current, List<JsonObject> old)
    {
        (int wanted, IReadOnlyList<int> sizes) = RolloutPlan.Next(Goal(deployment), AsSet(current), [.. old.Select(AsSet)]);
        Scale(deployment, current, wanted);
        for (int i = 0; i < old.Count; i++) Scale(deployment, old[i], sizes[i]);
    }

    private void Scale(JsonObject deployment, JsonObject set, int wanted)
    {
        long now = set.Integer("spec", "replicas") ?? 0;
        if (now == wanted) return;
        set.Child("spec")["replicas"] = wanted;
        _store.Modify("replicasets.apps", set.Namespace(), set.Name(), item => item.Child("spec")["replicas"] = wanted);
        string direction = wanted > now ? "up" : "down";
        _events.Normal(deployment, Component, "ScalingReplicaSet", $"Scaled {direction} replica set {set.Name()} from {now} to {wanted}");
    }

    private void RemoveOldest(JsonObject deployment, List<JsonObject> old)
    {
        List<JsonObject> empty = [.. old.Where(set => (set.Integer("spec", "replicas") ?? 0) == 0 && (set.Integer("status", "replicas") ?? 0) == 0)];
        int kept = (int)(deployment.Integer("spec", "revisionHistoryLimit") ?? 10);
        foreach (JsonObject set in empty.Take(empty.Count - kept)) _store.Delete("replicasets.apps", set.Namespace(), set.Name());
    }

    private void MarkRevision(JsonObject deployment, JsonObject current)
    {
        string revision = Revision(current).ToString();
        if (deployment.Text("metadata", "annotations", PodTemplates.RevisionAnnotation) == revision) return;
        _store.Modify("deployments.apps", deployment.Namespace(), deployment.Name(),
            item => item.Metadata().Child("annotations")[PodTemplates.RevisionAnnotation] = revision);
    }

    private static RolloutPlan.Goal Goal(JsonObject deployment)
    {
        int replicas = (int)(deployment.Integer("spec", "replicas") ?? 1);
        JsonNode? rolling = deployment.Find("spec", "strategy", "rollingUpdate");
        return new RolloutPlan.Goal(
            replicas,
            RolloutPlan.Resolve(Amount(rolling.Find("maxSurge")), replicas, roundUp: true),
            RolloutPlan.Resolve(Amount(rolling.Find("maxUnavailable")), replicas, roundUp: false),
            deployment.Text("spec", "strategy", "type") == "Recreate");
    }

    private static string Amount(JsonNode? node) => node is null ? "25%" : node.Scalar();

    private static RolloutPlan.Set AsSet(JsonObject set) => new(
        (int)(set.Integer("spec", "replicas") ?? 0), (int)(set.Integer("status", "replicas") ?? 0), (int)(set.Integer("status", "availableReplicas") ?? 0));

    private static long Revision(JsonObject set) => long.Parse(set.Text("metadata", "annotations", PodTemplates.RevisionAnnotation) ?? "0");
}
