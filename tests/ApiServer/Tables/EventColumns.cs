using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tables;

/// <summary>The columns of events, of both groups.</summary>
internal static class EventColumns
{
    public static IReadOnlyList<Column> Of(Func<string?, string> age) =>
    [
        new("Last Seen", item => age(First(item, "lastTimestamp", "deprecatedLastTimestamp", "eventTime"))),
        new("Type", item => item.Text("type")),
        new("Reason", item => item.Text("reason")),
        new("Object", item => Subject(item)),
        new("Subobject", item => Reference(item).Text("fieldPath") ?? "", 1),
        new("Source", item => First(item, "reportingComponent", "reportingController") ?? item.Text("source", "component") ?? "", 1),
        new("Message", item => First(item, "message", "note")?.Trim()),
        new("First Seen", item => age(First(item, "firstTimestamp", "deprecatedFirstTimestamp", "eventTime")), 1),
        new("Count", item => item.Integer("count") ?? item.Integer("deprecatedCount") ?? item.Integer("series", "count") ?? 1, 1),
        new("Name", item => item.Name(), 1, Format: "name"),
    ];

    private static JsonNode? Reference(JsonObject item) => item["involvedObject"] ?? item["regarding"];

    private static string Subject(JsonObject item) => $"{Reference(item).Text("kind")?.ToLowerInvariant()}/{Reference(item).Text("name")}";

    private static string? First(JsonObject item, params string[] names) => names.Select(name => item.Text(name)).FirstOrDefault(text => text is { Length: > 0 });
}
