using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.Lab.Node.Control;

namespace ConfidentialOperator.Lab.Node.Workloads;

/// <summary>The status of a Deployment, with the conditions that <c>kubectl rollout status</c> and controllers read.</summary>
internal static class DeploymentStatus
{
    public static void Write(Store store, JsonObject deployment, JsonObject current, List<JsonObject> old, string now, TimeProvider time)
    {
        List<JsonObject> sets = [current, .. old];
        long Sum(string name) => sets.Sum(set => set.Integer("status", name) ?? 0);
        long wanted = deployment.Integer("spec", "replicas") ?? 1;
        long available = Sum("availableReplicas");
        long updated = current.Integer("status", "replicas") ?? 0;
        JsonObject status = deployment["status"] is JsonObject before ? before.Copy() : [];
        status["observedGeneration"] = deployment.Integer("metadata", "generation") ?? 1;
        Count(status, "replicas", Sum("replicas"));
        Count(status, "updatedReplicas", updated);
        Count(status, "readyReplicas", Sum("readyReplicas"));
        Count(status, "availableReplicas", available);
        Count(status, "unavailableReplicas", Math.Max(0, Sum("replicas") - available));
        long needed = wanted - Unavailable(deployment, (int)wanted);
        bool enough = available >= needed;
        Conditions.Set(status, "Available", enough, enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.", now, withUpdateTime: true);
        bool complete = updated == wanted && Sum("replicas") == wanted && available == wanted;
        Progress(status, deployment, current, complete, now, time);
        if (JsonNode.DeepEquals(status, deployment["status"])) return;
        store.ModifyStatus("deployments.apps", deployment.Namespace(), deployment.Name(), stored => Replace(stored, status));
    }

    private static void Progress(JsonObject status, JsonObject deployment, JsonObject current, bool complete, string now, TimeProvider time)
    {
        string set = current.Name();
        JsonObject? last = status.Items("conditions").FirstOrDefault(condition => condition.Text("type") == "Progressing");
        bool moved = Moved(status, deployment["status"]);
        if (complete)
        {
            Conditions.Set(status, "Progressing", true, "NewReplicaSetAvailable", $"ReplicaSet \"{set}\" has successfully progressed.", now, true);
        }
        else if (!moved && Expired(last, deployment, time))
        {
            Conditions.Set(status, "Progressing", false, "ProgressDeadlineExceeded", $"ReplicaSet \"{set}\" has timed out progressing.", now, true);
        }
        else if (moved || last is null || last.Text("reason") == "NewReplicaSetAvailable")
        {
            Conditions.Set(status, "Progressing", true, "ReplicaSetUpdated", $"ReplicaSet \"{set}\" is progressing.", now, true);
            JsonObject progressing = status.Items("conditions").First(condition => condition.Text("type") == "Progressing");
            progressing["lastUpdateTime"] = now;
        }
    }

    private static bool Moved(JsonObject status, JsonNode? before) =>
        new[] { "replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "observedGeneration" }
            .Any(name => (status.Integer(name) ?? 0) != (before.Integer(name) ?? 0));

    private static bool Expired(JsonObject? last, JsonObject deployment, TimeProvider time)
    {
        if (last?.Text("lastUpdateTime") is not { } text) return false;
        if (last.Text("reason") == "ProgressDeadlineExceeded") return true;
        return DateTimeOffset.Parse(text).AddSeconds(deployment.Integer("spec", "progressDeadlineSeconds") ?? 600) < time.GetUtcNow();
    }

    private static int Unavailable(JsonObject deployment, int wanted)
    {
        JsonNode? amount = deployment.Find("spec", "strategy", "rollingUpdate", "maxUnavailable");
        return amount is null ? 0 : RolloutPlan.Resolve(amount.Scalar(), wanted, roundUp: false);
    }

    private static void Count(JsonObject status, string name, long number)
    {
        if (number > 0) status[name] = number;
        else status.Remove(name);
    }

    private static void Replace(JsonObject stored, JsonObject status)
    {
        stored.Clear();
        foreach ((string name, JsonNode? value) in status) stored[name] = value?.DeepClone();
    }
}
