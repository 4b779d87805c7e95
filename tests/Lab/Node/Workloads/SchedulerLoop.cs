using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.Lab.Node.Control;

namespace ConfidentialOperator.Lab.Node.Workloads;

/// <summary>The scheduler of a cluster with one node: labels and RuntimeClass decide, resources do not.</summary>
internal sealed class SchedulerLoop : IAsyncDisposable
{
    private const string Component = "default-scheduler";

    private readonly Store _store;
    private readonly EventLog _events;
    private readonly TimeProvider _time;
    private readonly ControlLoop _loop;

    public SchedulerLoop(Store store, EventLog events, TimeProvider time)
    {
        _store = store;
        _events = events;
        _time = time;
        _loop = new ControlLoop(store, ["pods", "nodes", "runtimeclasses.node.k8s.io"], ReconcileAsync);
    }

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    /// <summary>Whether a node has every label that a selector asks for.</summary>
    public static bool Matches(JsonNode? selector, JsonNode? labels) =>
        selector is not JsonObject wanted || wanted.All(pair => labels.Text(pair.Key) == pair.Value.AsText());

    private Task ReconcileAsync()
    {
        foreach (JsonObject pod in _store.List("pods").Where(IsWaiting)) Place(pod);
        return Task.CompletedTask;
    }

    private static bool IsWaiting(JsonObject pod) => pod.Text("spec", "nodeName") is not { Length: > 0 } && !Owned.IsLeaving(pod);

    private void Place(JsonObject pod)
    {
        string now = Times.Text(_time.GetUtcNow());
        if (Fault(pod) is { } fault)
        {
            bool said = pod.Items("status", "conditions").Any(condition => condition.Text("type") == "PodScheduled" && condition.Text("message") == fault);
            if (said) return;
            _store.ModifyStatus("pods", pod.Namespace(), pod.Name(), status => Conditions.Set(status, "PodScheduled", false, "Unschedulable", fault, now));
            _events.Warning(pod, Component, "FailedScheduling", fault);
            return;
        }

        _store.Modify("pods", pod.Namespace(), pod.Name(), item => item.Child("spec")["nodeName"] = ClusterObjects.NodeName);
        _store.ModifyStatus("pods", pod.Namespace(), pod.Name(), status => Conditions.Set(status, "PodScheduled", true, "", "", now));
        _events.Normal(pod, Component, "Scheduled", $"Successfully assigned {pod.Namespace()}/{pod.Name()} to {ClusterObjects.NodeName}");
    }

    private string? Fault(JsonObject pod)
    {
        const string NoNode = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";
        JsonNode? labels = _store.Get("nodes", null, ClusterObjects.NodeName).Find("metadata", "labels");
        if (!Matches(pod.Find("spec", "nodeSelector"), labels)) return NoNode;
        if (pod.Text("spec", "runtimeClassName") is not { Length: > 0 } name) return null;
        JsonObject? runtimeClass = _store.Get("runtimeclasses.node.k8s.io", null, name);
        if (runtimeClass is null) return $"RuntimeClass \"{name}\" not found.";
        return Matches(runtimeClass.Find("scheduling", "nodeSelector"), labels) ? null : NoNode;
    }
}
