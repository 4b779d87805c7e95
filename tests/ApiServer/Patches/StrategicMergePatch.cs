using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Schemas;

namespace ConfidentialOperator.ApiServer.Patches;

/// <summary>
/// Strategic merge patch, as far as kubectl sends it: keyed lists, lists of values, <c>$patch: delete|replace</c>,
/// <c>$deleteFromPrimitiveList</c>, <c>$retainKeys</c>. The order directive only orders what is there.
/// </summary>
internal static class StrategicMergePatch
{
    public static JsonObject Apply(JsonObject target, JsonObject patch, SchemaNode schema)
    {
        if (patch.Text("$patch") == "replace")
        {
            JsonObject replaced = (JsonObject)patch.DeepClone();
            replaced.Remove("$patch");
            return replaced;
        }

        JsonObject merged = (JsonObject)target.DeepClone();
        if (patch["$retainKeys"] is JsonArray kept) RetainKeys(merged, kept);
        foreach ((string name, JsonNode? value) in patch)
        {
            if (name.StartsWith('$')) ApplyDirective(merged, name, value);
            else if (value is null) merged.Remove(name);
            else merged[name] = Merge(merged[name], value, schema.Member(name) ?? SchemaNode.Anything);
        }

        return merged;
    }

    private static JsonNode? Merge(JsonNode? current, JsonNode patch, SchemaNode schema) => (current, patch) switch
    {
        (_, JsonObject b) => Apply(current as JsonObject ?? [], b, schema),
        (JsonArray a, JsonArray b) when schema.PatchMerges && schema.PatchMergeKey is { } key => MergeKeyed(a, b, key, schema),
        (JsonArray a, JsonArray b) when schema.PatchMerges => Union(a, b),
        (_, JsonArray b) => WithoutDirectives(b),
        _ => patch.DeepClone(),
    };

    private static void RetainKeys(JsonObject merged, JsonArray kept)
    {
        HashSet<string> names = [.. kept.Select(name => name.AsText() ?? "")];
        foreach (string name in merged.Select(pair => pair.Key).Where(name => !names.Contains(name)).ToList()) merged.Remove(name);
    }

    private static void ApplyDirective(JsonObject merged, string name, JsonNode? value)
    {
        const string DeleteFrom = "$deleteFromPrimitiveList/";
        if (!name.StartsWith(DeleteFrom, StringComparison.Ordinal) || value is not JsonArray removed) return;
        if (merged[name[DeleteFrom.Length..]] is not JsonArray list) return;
        list.RemoveAll(item => removed.Any(gone => JsonNode.DeepEquals(gone, item)));
    }

    private static JsonArray MergeKeyed(JsonArray current, JsonArray patch, string key, SchemaNode schema)
    {
        if (patch.OfType<JsonObject>().Any(item => item.Text("$patch") == "replace" && item.Count == 1)) return WithoutDirectives(patch);
        JsonArray merged = (JsonArray)current.DeepClone();
        foreach (JsonObject item in patch.OfType<JsonObject>())
        {
            int at = Enumerable.Range(0, merged.Count).FirstOrDefault(i => JsonNode.DeepEquals(merged[i].Find(key), item[key]), -1);
            if (item.Text("$patch") == "delete")
            {
                if (at >= 0) merged.RemoveAt(at);
            }
            else if (at < 0)
            {
                merged.Add(Apply([], item, schema.Items ?? SchemaNode.Anything));
            }
            else
            {
                merged[at] = Apply((JsonObject)merged[at]!, item, schema.Items ?? SchemaNode.Anything);
            }
        }

        return merged;
    }

    private static JsonArray Union(JsonArray current, JsonArray patch)
    {
        JsonArray merged = (JsonArray)current.DeepClone();
        foreach (JsonNode? item in patch)
        {
            if (!merged.Any(present => JsonNode.DeepEquals(present, item))) merged.Add(item?.DeepClone());
        }

        return merged;
    }

    private static JsonArray WithoutDirectives(JsonArray patch) =>
        [.. patch.Where(item => item is not JsonObject { Count: 1 } only || !only.ContainsKey("$patch")).Select(item => item?.DeepClone())];
}
