using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.Lab.Node.Control;

namespace ConfidentialOperator.Lab.Node.Workloads;

/// <summary>The ReplicaSet controller: as many pods as are wanted, and a status that counts them.</summary>
internal sealed class ReplicaSetLoop : IAsyncDisposable
{
    private const string Component = "replicaset-controller";

    private readonly Store _store;
    private readonly EventLog _events;
    private readonly TimeProvider _time;
    private readonly ControlLoop _loop;

    public ReplicaSetLoop(Store store, EventLog events, TimeProvider time)
    {
        _store = store;
        _events = events;
        _time = time;
        _loop = new ControlLoop(store, ["replicasets.apps", "pods", "runtimeclasses.node.k8s.io"], ReconcileAsync);
    }

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private Task ReconcileAsync()
    {
        foreach (JsonObject set in _store.List("replicasets.apps").Where(item => !Owned.IsLeaving(item))) Reconcile(set);
        return Task.CompletedTask;
    }

    private void Reconcile(JsonObject set)
    {
        List<JsonObject> pods = [.. Owned.By(_store, set, "pods").Where(IsActive)];
        int missing = (int)(set.Integer("spec", "replicas") ?? 1) - pods.Count;
        string? fault = missing > 0 ? RuntimeClassFault(set) : null;
        for (; missing > 0 && fault is null; missing--) fault = Create(set, pods);
        foreach (JsonObject pod in pods.OrderBy(DeletionRank).ThenByDescending(Created).Take(Math.Max(0, -missing)).ToList())
        {
            pods.Remove(pod);
            _store.Delete("pods", pod.Namespace(), pod.Name());
            _events.Normal(set, Component, "SuccessfulDelete", $"Deleted pod: {pod.Name()}");
        }

        WriteStatus(set, pods, fault);
    }

    private string? Create(JsonObject set, List<JsonObject> pods)
    {
        try
        {
            JsonObject pod = _store.Create(PodTemplates.Pod(set));
            pods.Add(pod);
            _events.Normal(set, Component, "SuccessfulCreate", $"Created pod: {pod.Name()}");
            return null;
        }
        catch (ApiStatusException refused)
        {
            _events.Warning(set, Component, "FailedCreate", $"Error creating: {refused.Message}");
            return refused.Message;
        }
    }

    /// <summary>A pod of an unknown RuntimeClass is refused at admission; that is the controller's event, not the pod's.</summary>
    private string? RuntimeClassFault(JsonObject set)
    {
        if (set.Text("spec", "template", "spec", "runtimeClassName") is not { Length: > 0 } name) return null;
        if (_store.Get("runtimeclasses.node.k8s.io", null, name) is not null) return null;
        string fault = $"pods \"{set.Name()}-\" is forbidden: pod rejected: RuntimeClass \"{name}\" not found";
        if (!Conditions.Holds(set, "ReplicaFailure")) _events.Warning(set, Component, "FailedCreate", $"Error creating: {fault}");
        return fault;
    }

    private void WriteStatus(JsonObject set, List<JsonObject> pods, string? fault)
    {
        JsonObject status = set["status"] is JsonObject before ? before.Copy() : [];
        long ready = pods.Count(pod => Conditions.Holds(pod, "Ready"));
        status["replicas"] = pods.Count;
        status["observedGeneration"] = set.Integer("metadata", "generation") ?? 1;
        foreach ((string name, long number) in new[] { ("fullyLabeledReplicas", pods.Count), ("readyReplicas", ready), ("availableReplicas", ready) })
        {
            if (number > 0) status[name] = number;
            else status.Remove(name);
        }

        if (fault is not null) Conditions.Set(status, "ReplicaFailure", true, "FailedCreate", fault, Times.Text(_time.GetUtcNow()));
        else status.Remove("conditions");
        if (JsonNode.DeepEquals(status, set["status"])) return;
        _store.ModifyStatus("replicasets.apps", set.Namespace(), set.Name(), stored =>
        {
            stored.Clear();
            foreach ((string name, JsonNode? value) in status) stored[name] = value?.DeepClone();
        });
    }

    private static bool IsActive(JsonObject pod) => !Owned.IsLeaving(pod) && pod.Text("status", "phase") is not ("Succeeded" or "Failed");

    /// <summary>What works least goes first.</summary>
    private static int DeletionRank(JsonObject pod) =>
        pod.Text("spec", "nodeName") is not { Length: > 0 } ? 0 : Conditions.Holds(pod, "Ready") ? 2 : 1;

    private static string Created(JsonObject pod) => pod.Text("metadata", "creationTimestamp") ?? "";
}
