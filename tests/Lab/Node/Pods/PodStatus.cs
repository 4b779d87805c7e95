using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Node.Containers;
using ConfidentialOperator.Lab.Node.Control;

namespace ConfidentialOperator.Lab.Node.Pods;

/// <summary>The status of a pod from the states of its containers; pure but for the status that it changes.</summary>
internal static class PodStatus
{
    public static void Write(JsonObject status, JsonObject pod, IReadOnlyList<ContainerState> states, string? podAddress, string nodeAddress, string now)
    {
        status["hostIP"] = nodeAddress;
        status["hostIPs"] = new JsonArray(new JsonObject { ["ip"] = nodeAddress });
        if (podAddress is not null)
        {
            status["podIP"] = podAddress;
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = podAddress });
        }

        status["startTime"] ??= now;
        status["qosClass"] ??= QualityOfService(pod);
        status["phase"] = Phase(pod, states);
        string[] unready = [.. Names(pod).Zip(states).Where(pair => !pair.Second.Ready).Select(pair => pair.First)];
        bool ready = unready.Length == 0 && !Owned.IsLeaving(pod);
        string message = ready ? "" : $"containers with unready status: [{string.Join(' ', unready)}]";
        Conditions.Set(status, "PodReadyToStartContainers", podAddress is not null, "", "", now);
        Conditions.Set(status, "Initialized", true, "", "", now);
        Conditions.Set(status, "Ready", ready, ready ? "" : "ContainersNotReady", message, now);
        Conditions.Set(status, "ContainersReady", ready, ready ? "" : "ContainersNotReady", message, now);
        Conditions.Set(status, "PodScheduled", true, "", "", now);
        status["containerStatuses"] = new JsonArray([.. pod.Items("spec", "containers").Zip(states).Select(pair => (JsonNode)Container(pod, pair.First, pair.Second))]);
    }

    /// <summary>Pending until every container has run once; Succeeded or Failed when none will run again.</summary>
    public static string Phase(JsonObject pod, IReadOnlyList<ContainerState> states)
    {
        if (states.Count > 0 && states.All(state => state.Finished) && pod.Text("spec", "restartPolicy") is "Never" or "OnFailure")
            return states.All(state => state.Last?.ExitCode == 0) ? "Succeeded" : "Failed";
        return states.All(state => state.RunningSince is not null || state.Last is not null) ? "Running" : "Pending";
    }

    private static JsonObject Container(JsonObject pod, JsonObject container, ContainerState state)
    {
        JsonObject status = new()
        {
            ["name"] = container.Text("name"),
            ["image"] = container.Text("image"),
            ["imageID"] = state.ImageId,
            ["ready"] = state.Ready,
            ["started"] = state.Started,
            ["restartCount"] = state.Restarts,
            ["state"] = Now(state),
            ["lastState"] = state.Last is { } last && !(state.RunningSince is null && state.Waiting.Length == 0)
                ? new JsonObject { ["terminated"] = Ended(last) }
                : new JsonObject(),
        };
        if (state.ProcessId > 0) status["containerID"] = $"process://{pod.Uid()}/{state.ProcessId}";
        return status;
    }

    private static JsonObject Now(ContainerState state)
    {
        if (state.RunningSince is { } since) return new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Times.Text(since) } };
        if (state.Waiting.Length == 0 && state.Last is { } last) return new JsonObject { ["terminated"] = Ended(last) };
        JsonObject waiting = new() { ["reason"] = state.Waiting };
        if (state.Message.Length > 0) waiting["message"] = state.Message;
        return new JsonObject { ["waiting"] = waiting };
    }

    private static JsonObject Ended(Ending ending) => new()
    {
        ["exitCode"] = ending.ExitCode,
        ["reason"] = ending.Reason,
        ["startedAt"] = Times.Text(ending.From),
        ["finishedAt"] = Times.Text(ending.Until),
    };

    private static string QualityOfService(JsonObject pod)
    {
        List<JsonObject> containers = [.. pod.Items("spec", "containers")];
        bool any = containers.Exists(container => container["resources"] is JsonObject { Count: > 0 });
        bool guaranteed = containers.TrueForAll(container => container.Find("resources", "limits") is JsonObject limits
            && limits.ContainsKey("cpu") && limits.ContainsKey("memory")
            && (container.Find("resources", "requests") is not { } requests || JsonNode.DeepEquals(requests, limits)));
        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }

    private static IEnumerable<string> Names(JsonObject pod) => pod.Items("spec", "containers").Select(container => container.Text("name") ?? "");
}
