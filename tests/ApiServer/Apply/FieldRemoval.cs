using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Schemas;

namespace ConfidentialOperator.ApiServer.Apply;

/// <summary>Takes fields out of an object, and the containers that become empty by it.</summary>
internal static class FieldRemoval
{
    public static void Remove(JsonObject item, IEnumerable<string> paths, ResourceKind kind)
    {
        foreach (string path in paths)
        {
            string[] parts = path.Split(FieldSet.Separator);
            SchemaNode? schema = parts[0] == "f:metadata" ? BuiltinSchemas.ObjectMeta : kind.Schema.Member(parts[0][2..]);
            if (parts.Length == 1) item.Remove(parts[0][2..]);
            else if (RemoveBelow(item[parts[0][2..]], parts.AsSpan(1), schema ?? SchemaNode.Anything)) item.Remove(parts[0][2..]);
        }
    }

    /// <summary>Removes a path below a node; tells whether the node is empty now because of it.</summary>
    private static bool RemoveBelow(JsonNode? node, ReadOnlySpan<string> parts, SchemaNode schema) => node switch
    {
        JsonObject item => RemoveMember(item, parts, schema),
        JsonArray list => RemoveItem(list, parts, schema),
        _ => false,
    };

    private static bool RemoveMember(JsonObject item, ReadOnlySpan<string> parts, SchemaNode schema)
    {
        string name = parts[0][2..];
        if (!item.ContainsKey(name)) return false;
        bool gone = parts.Length == 1 || RemoveBelow(item[name], parts[1..], schema.Member(name) ?? SchemaNode.Anything);
        if (gone) item.Remove(name);
        return gone && item.Count == 0;
    }

    private static bool RemoveItem(JsonArray list, ReadOnlySpan<string> parts, SchemaNode schema)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (FieldWalker.ItemPart(list[i], schema) != parts[0]) continue;
            bool gone = parts.Length == 1 || RemoveBelow(list[i], parts[1..], schema.Items ?? SchemaNode.Anything);
            if (!gone) return false;
            list.RemoveAt(i);
            return list.Count == 0;
        }

        return false;
    }
}
