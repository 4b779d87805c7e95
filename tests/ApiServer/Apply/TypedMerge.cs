using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Schemas;

namespace ConfidentialOperator.ApiServer.Apply;

/// <summary>Lays an applied configuration over a live object, list by list as the schema says.</summary>
internal static class TypedMerge
{
    public static JsonObject Merge(JsonObject live, JsonObject applied, ResourceKind kind)
    {
        JsonObject merged = (JsonObject)live.DeepClone();
        foreach ((string name, JsonNode? value) in applied)
        {
            SchemaNode schema = name == "metadata" ? BuiltinSchemas.ObjectMeta : kind.Schema.Member(name) ?? SchemaNode.Anything;
            merged[name] = MergeNode(merged[name], value, schema);
        }

        return merged;
    }

    private static JsonNode? MergeNode(JsonNode? live, JsonNode? applied, SchemaNode schema) => (live, applied) switch
    {
        (JsonObject a, JsonObject b) when !schema.AtomicMap => MergeObjects(a, b, schema),
        (JsonArray a, JsonArray b) when schema.ListType == "set" => MergeSets(a, b),
        (JsonArray a, JsonArray b) when schema.ListType == "map" => MergeKeyed(a, b, schema),
        _ => applied?.DeepClone(),
    };

    private static JsonObject MergeObjects(JsonObject live, JsonObject applied, SchemaNode schema)
    {
        JsonObject merged = (JsonObject)live.DeepClone();
        foreach ((string name, JsonNode? value) in applied)
            merged[name] = MergeNode(merged[name], value, schema.Member(name) ?? SchemaNode.Anything);
        return merged;
    }

    private static JsonArray MergeSets(JsonArray live, JsonArray applied)
    {
        JsonArray merged = (JsonArray)live.DeepClone();
        foreach (JsonNode? item in applied)
        {
            if (!merged.Any(present => JsonNode.DeepEquals(present, item))) merged.Add(item?.DeepClone());
        }

        return merged;
    }

    private static JsonArray MergeKeyed(JsonArray live, JsonArray applied, SchemaNode schema)
    {
        JsonArray merged = (JsonArray)live.DeepClone();
        foreach (JsonNode? item in applied)
        {
            string key = FieldWalker.ItemPart(item, schema);
            int at = Enumerable.Range(0, merged.Count).FirstOrDefault(i => FieldWalker.ItemPart(merged[i], schema) == key, -1);
            if (at < 0) merged.Add(item?.DeepClone());
            else merged[at] = MergeNode(merged[at], item, schema.Items ?? SchemaNode.Anything);
        }

        return merged;
    }
}
