using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Patches;

/// <summary>JSON Patch (RFC 6902).</summary>
internal static class JsonPatch
{
    public static JsonObject Apply(JsonObject target, JsonArray operations)
    {
        JsonNode? root = target.DeepClone();
        foreach (JsonObject operation in operations.OfType<JsonObject>())
        {
            string path = operation.Text("path") ?? "";
            switch (operation.Text("op"))
            {
                case "add": Add(ref root, path, operation["value"]?.DeepClone()); break;
                case "replace":
                    Get(root, path);
                    Remove(root, path);
                    Add(ref root, path, operation["value"]?.DeepClone());
                    break;
                case "remove": Remove(root, path); break;
                case "test":
                    if (!JsonNode.DeepEquals(Get(root, path), operation["value"])) throw ApiErrors.PatchRejected($"testing path {path} failed");
                    break;
                case "copy": Add(ref root, path, Get(root, operation.Text("from") ?? "")?.DeepClone()); break;
                case "move":
                    JsonNode? moved = Get(root, operation.Text("from") ?? "")?.DeepClone();
                    Remove(root, operation.Text("from") ?? "");
                    Add(ref root, path, moved);
                    break;
                default: throw ApiErrors.PatchRejected($"unexpected kind: {operation.Text("op")}");
            }
        }

        return root as JsonObject ?? throw ApiErrors.PatchRejected("the result is no object");
    }

    private static string[] Split(string path) =>
        [.. path.Split('/').Skip(1).Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];

    private static JsonNode? Get(JsonNode? root, string path)
    {
        foreach (string part in Split(path)) root = Step(root, part, path);
        return root;
    }

    private static JsonNode? Step(JsonNode? node, string part, string path)
    {
        if (node is JsonObject item && item.TryGetPropertyValue(part, out JsonNode? member)) return member;
        if (node is JsonArray list && int.TryParse(part, out int index) && index >= 0 && index < list.Count) return list[index];
        throw ApiErrors.PatchRejected($"missing path {path}");
    }

    private static void Add(ref JsonNode? root, string path, JsonNode? value)
    {
        string[] parts = Split(path);
        if (parts.Length == 0)
        {
            root = value;
            return;
        }

        JsonNode? parent = root;
        foreach (string part in parts[..^1]) parent = Step(parent, part, path);
        if (parent is JsonObject item) item[parts[^1]] = value;
        else if (parent is JsonArray list) list.Insert(Position(list, parts[^1], path), value);
        else throw ApiErrors.PatchRejected($"missing path {path}");
    }

    private static int Position(JsonArray list, string part, string path)
    {
        if (part == "-") return list.Count;
        return int.TryParse(part, out int index) && index >= 0 && index <= list.Count
            ? index
            : throw ApiErrors.PatchRejected($"invalid index in {path}");
    }

    private static void Remove(JsonNode? root, string path)
    {
        string[] parts = Split(path);
        if (parts.Length == 0) throw ApiErrors.PatchRejected("cannot remove the whole object");
        foreach (string part in parts[..^1]) root = Step(root, part, path);
        Step(root, parts[^1], path);
        if (root is JsonObject item) item.Remove(parts[^1]);
        else if (root is JsonArray list) list.RemoveAt(int.Parse(parts[^1]));
    }
}
