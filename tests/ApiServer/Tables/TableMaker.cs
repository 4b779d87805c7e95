using System.Globalization;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;

namespace ConfidentialOperator.ApiServer.Tables;

/// <summary>Makes the tables that <c>kubectl get</c> prints.</summary>
internal sealed class TableMaker(TimeProvider time)
{
    public JsonObject Make(ResourceKind kind, IReadOnlyList<JsonObject> items, bool withColumns, string includeObject)
    {
        IReadOnlyList<Column> columns = kind.IsCustom ? CustomColumns(kind) : BuiltinColumns.Of(kind.Kind, Age);
        JsonObject metadata = [];
        if (items.Count == 1 && items[0].Text("metadata", "resourceVersion") is { } version) metadata["resourceVersion"] = version;
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = metadata,
            ["columnDefinitions"] = withColumns ? new JsonArray([.. columns.Select(column => column.ToJson())]) : null,
            ["rows"] = new JsonArray([.. items.Select(item => Row(columns, item, includeObject))]),
        };
    }

    public static JsonObject MetadataOnly(JsonObject item) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = item["metadata"]?.DeepClone(),
    };

    private static JsonObject Row(IReadOnlyList<Column> columns, JsonObject item, string includeObject)
    {
        JsonObject row = new() { ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(item))]) };
        if (includeObject == "Object") row["object"] = item.DeepClone();
        else if (includeObject != "None") row["object"] = MetadataOnly(item);
        return row;
    }

    private List<Column> CustomColumns(ResourceKind kind)
    {
        List<Column> columns = [new("Name", item => item.Name(), Format: "name")];
        columns.AddRange(kind.Columns.Select(column => new Column(
            column.Name,
            item => CustomCell(column, item),
            column.Priority,
            column.Type,
            column.Format)
        {
            Description = column.Description ?? $"Custom resource definition column (in JSONPath format): {column.JsonPath}",
        }));
        if (kind.Columns.Count == 0) columns.Add(new("Age", item => Age(item.Text("metadata", "creationTimestamp"))));
        return columns;
    }

    private JsonNode? CustomCell(PrinterColumn column, JsonObject item)
    {
        List<JsonNode?> found = JsonPathQuery.Run(item, column.JsonPath);
        if (found.Count == 0 || found[0] is null) return null;
        if (column.Type == "date") return Age(found[0].AsText());
        if (found.Count > 1) return string.Join(",", found.Select(node => node.Scalar()));
        return column.Type is "integer" or "number" or "boolean" && found[0] is JsonValue ? found[0]!.DeepClone() : found[0].Scalar();
    }

    private string Age(string? timestamp)
    {
        if (!DateTimeOffset.TryParse(timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset since)) return "<unknown>";
        return AgeText.Of(time.GetUtcNow() - since);
    }
}
