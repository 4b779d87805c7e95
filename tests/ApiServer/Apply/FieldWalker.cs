using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Schemas;

namespace ConfidentialOperator.ApiServer.Apply;

/// <summary>
/// Lists the fields of an object with their values, as structured-merge-diff does: atomic lists and maps are one field,
/// keyed items and set items are addressed by content.
/// </summary>
internal sealed class FieldWalker
{
    private static readonly string[] s_system =
        ["name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
            "deletionGracePeriodSeconds", "selfLink", "managedFields", "generateName"];

    private readonly Dictionary<string, JsonNode?> _fields = new(StringComparer.Ordinal);
    private readonly bool _containers;

    private FieldWalker(bool containers) => _containers = containers;

    /// <summary>Walks an object; with containers, maps and lists are fields beside their content (as updates record them).</summary>
    public static Dictionary<string, JsonNode?> Walk(JsonObject item, ResourceKind kind, bool containers)
    {
        FieldWalker walker = new(containers);
        foreach ((string name, JsonNode? value) in item)
        {
            if (name is "apiVersion" or "kind") continue;
            if (name == "metadata") walker.WalkMetadata(value as JsonObject ?? []);
            else walker.WalkNode(value, kind.Schema.Member(name) ?? SchemaNode.Anything, "f:" + name);
        }

        return walker._fields;
    }

    public static string ItemPart(JsonNode? element, SchemaNode list)
    {
        if (list.ListType == "set") return "v:" + SchemaValidator.Shown(element);
        JsonObject key = [];
        foreach (string name in list.ListKeys.Order(StringComparer.Ordinal))
        {
            JsonNode? part = element.Find(name) ?? list.Items?.Member(name)?.Default;
            if (part is not null) key[name] = part.DeepClone();
        }

        return "k:" + SchemaValidator.Shown(key);
    }

    private void WalkMetadata(JsonObject metadata)
    {
        foreach ((string name, JsonNode? value) in metadata)
        {
            if (s_system.Contains(name)) continue;
            WalkNode(value, BuiltinSchemas.ObjectMeta.Member(name) ?? SchemaNode.Anything, "f:metadata" + FieldSet.Separator + "f:" + name);
        }
    }

    private void WalkNode(JsonNode? value, SchemaNode schema, string path)
    {
        switch (value)
        {
            case JsonObject item when item.Count > 0 && !schema.AtomicMap: WalkObject(item, schema, path); break;
            case JsonArray list when list.Count > 0 && !schema.AtomicList: WalkList(list, schema, path); break;
            default: _fields[path] = value; break;
        }
    }

    private void WalkObject(JsonObject item, SchemaNode schema, string path)
    {
        if (_containers) _fields[path] = null;
        foreach ((string name, JsonNode? value) in item)
            WalkNode(value, schema.Member(name) ?? SchemaNode.Anything, path + FieldSet.Separator + "f:" + name);
    }

    private void WalkList(JsonArray list, SchemaNode schema, string path)
    {
        if (_containers) _fields[path] = null;
        foreach (JsonNode? element in list)
        {
            string below = path + FieldSet.Separator + ItemPart(element, schema);
            _fields[below] = null;
            if (element is JsonObject item && schema.Items is { } items)
            {
                foreach ((string name, JsonNode? value) in item)
                    WalkNode(value, items.Member(name) ?? SchemaNode.Anything, below + FieldSet.Separator + "f:" + name);
            }
        }
    }
}
