using System.Text.Json.Nodes;

namespace ConfidentialOperator.ApiServer.Patches;

/// <summary>JSON Merge Patch (RFC 7396).</summary>
internal static class MergePatch
{
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        JsonObject merged = (JsonObject)target.DeepClone();
        foreach ((string name, JsonNode? value) in patch)
        {
            if (value is null) merged.Remove(name);
            else if (value is JsonObject below) merged[name] = Apply(merged[name] as JsonObject ?? [], below);
            else merged[name] = value.DeepClone();
        }

        return merged;
    }
}
