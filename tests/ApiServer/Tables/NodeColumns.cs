using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tables;

/// <summary>The columns of nodes.</summary>
internal static class NodeColumns
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    public static Column[] Front { get; } =
    [
        new("Status", item => Status(item)),
        new("Roles", item => Roles(item)),
    ];

    public static Column[] Wide { get; } =
    [
        new("Internal-IP", item => Address(item, "InternalIP"), 1),
        new("External-IP", item => Address(item, "ExternalIP"), 1),
        new("OS-Image", item => Info(item, "osImage"), 1),
        new("Kernel-Version", item => Info(item, "kernelVersion"), 1),
        new("Container-Runtime", item => Info(item, "containerRuntimeVersion"), 1),
    ];

    private static string Status(JsonObject item)
    {
        string? ready = item.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == "Ready").Text("status");
        string shown = ready switch { "True" => "Ready", null => "Unknown", _ => "NotReady" };
        return item.Find("spec", "unschedulable").Scalar() == "true" ? shown + ",SchedulingDisabled" : shown;
    }

    private static string Roles(JsonObject item)
    {
        IEnumerable<string> labels = item.Find("metadata", "labels") is JsonObject map ? map.Select(pair => pair.Key) : [];
        return BuiltinColumns.Or(string.Join(",", labels.Where(label => label.StartsWith(RolePrefix, StringComparison.Ordinal)).Select(label => label[RolePrefix.Length..])));
    }

    private static JsonNode? Address(JsonObject item, string type) =>
        BuiltinColumns.Or(item.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == type).Text("address"));

    private static JsonNode? Info(JsonObject item, string name) => BuiltinColumns.Or(item.Text("status", "nodeInfo", name), "<unknown>");
}
