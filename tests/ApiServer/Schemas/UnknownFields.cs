using System.Text.Json.Nodes;

namespace ConfidentialOperator.ApiServer.Schemas;

/// <summary>Removes members that a schema does not know and tells their paths.</summary>
internal static class UnknownFields
{
    public static List<string> Prune(JsonObject item, SchemaNode schema)
    {
        List<string> removed = [];
        PruneObject(item, schema, "", removed);
        removed.Sort(StringComparer.Ordinal);
        return removed;
    }

    private static void PruneNode(JsonNode? value, SchemaNode schema, string path, List<string> removed)
    {
        if (value is JsonObject item)
        {
            PruneObject(item, schema, path, removed);
        }
        else if (value is JsonArray list && schema.Items is { } items)
        {
            for (int i = 0; i < list.Count; i++) PruneNode(list[i], items, $"{path}[{i}]", removed);
        }
    }

    private static void PruneObject(JsonObject item, SchemaNode schema, string path, List<string> removed)
    {
        bool keepsUnknown = schema.PreserveUnknown || (schema.Type is null && schema.Properties.Count == 0);
        foreach (string name in item.Select(pair => pair.Key).ToList())
        {
            string below = path.Length == 0 ? name : $"{path}.{name}";
            if (Member(schema, name) is { } member)
            {
                PruneNode(item[name], member, below, removed);
            }
            else if (!keepsUnknown)
            {
                item.Remove(name);
                removed.Add(below);
            }
        }
    }

    private static SchemaNode? Member(SchemaNode schema, string name)
    {
        if (schema.Member(name) is { } known) return known;
        if (!schema.Embedded) return null;
        return name is "apiVersion" or "kind" ? SchemaNode.Anything : name == "metadata" ? BuiltinSchemas.ObjectMeta : null;
    }
}
