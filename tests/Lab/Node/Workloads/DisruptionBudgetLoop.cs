using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.Lab.Node.Control;
using ConfidentialOperator.Lab.Node.Services;

namespace ConfidentialOperator.Lab.Node.Workloads;

/// <summary>Fills the status of PodDisruptionBudgets; nothing is ever evicted here.</summary>
internal sealed class DisruptionBudgetLoop : IAsyncDisposable
{
    private readonly Store _store;
    private readonly ControlLoop _loop;

    public DisruptionBudgetLoop(Store store)
    {
        _store = store;
        _loop = new ControlLoop(store, ["poddisruptionbudgets.policy", "pods"], ReconcileAsync);
    }

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private Task ReconcileAsync()
    {
        foreach (JsonObject budget in _store.List("poddisruptionbudgets.policy")) Write(budget);
        return Task.CompletedTask;
    }

    private void Write(JsonObject budget)
    {
        List<JsonObject> pods = [.. ServicePods.Selected(_store, budget.Namespace(), budget.Find("spec", "selector", "matchLabels"))];
        int healthy = pods.Count(pod => Conditions.Holds(pod, "Ready"));
        int wanted = budget.Find("spec", "minAvailable") is { } least
            ? RolloutPlan.Resolve(least.Scalar(), pods.Count, roundUp: true)
            : pods.Count - RolloutPlan.Resolve(budget.Find("spec", "maxUnavailable") is { } most ? most.Scalar() : "0", pods.Count, roundUp: true);
        JsonObject status = new()
        {
            ["currentHealthy"] = healthy,
            ["desiredHealthy"] = Math.Max(0, wanted),
            ["disruptionsAllowed"] = Math.Max(0, healthy - Math.Max(0, wanted)),
            ["expectedPods"] = pods.Count,
            ["observedGeneration"] = budget.Integer("metadata", "generation") ?? 1,
        };
        if (JsonNode.DeepEquals(status, budget["status"])) return;
        _store.ModifyStatus("poddisruptionbudgets.policy", budget.Namespace(), budget.Name(), stored =>
        {
            stored.Clear();
            foreach ((string name, JsonNode? value) in status) stored[name] = value?.DeepClone();
        });
    }
}
