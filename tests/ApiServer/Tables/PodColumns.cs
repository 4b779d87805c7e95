using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tables;

/// <summary>The columns of pods.</summary>
internal static class PodColumns
{
    public static Column[] Front { get; } =
    [
        new("Ready", item => $"{Statuses(item).Count(IsReady)}/{item.Items("spec", "containers").Count()}"),
        new("Status", item => Status(item)),
        new("Restarts", item => Statuses(item).Sum(status => status.Integer("restartCount") ?? 0).ToString()),
    ];

    public static Column[] Wide { get; } =
    [
        new("IP", item => BuiltinColumns.Or(item.Text("status", "podIP")), 1),
        new("Node", item => BuiltinColumns.Or(item.Text("spec", "nodeName")), 1),
        new("Nominated Node", item => BuiltinColumns.Or(item.Text("status", "nominatedNodeName")), 1),
        new("Readiness Gates", _ => "<none>", 1),
    ];

    private static IEnumerable<JsonObject> Statuses(JsonObject item) => item.Items("status", "containerStatuses");

    private static bool IsReady(JsonObject status) => status["ready"] is JsonValue ready && ready.TryGetValue(out bool set) && set;

    private static string Status(JsonObject item)
    {
        if (item.Find("metadata", "deletionTimestamp") is not null) return "Terminating";
        foreach (JsonObject status in Statuses(item))
        {
            if (status.Text("state", "waiting", "reason") is { } waiting) return waiting;
            if (status.Text("state", "terminated", "reason") is { } ended) return ended;
        }

        return item.Text("status", "reason") ?? item.Text("status", "phase") ?? "Unknown";
    }
}
