using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Schemas;

namespace ConfidentialOperator.ApiServer.Writes;

/// <summary>The rules of built-in kinds that matter to the operator; the real server has many more.</summary>
internal static class BuiltinRules
{
    public static List<FieldError> Validate(ResourceKind kind, JsonObject item, JsonObject? old)
    {
        JsonObject checkedPart = item.Copy();
        checkedPart.Remove("status");
        List<FieldError> errors = SchemaValidator.Validate(checkedPart, kind.Schema);
        if (errors.Find(IsUnreadable) is { } mistyped)
            throw ApiErrors.BadRequest($"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: {mistyped.Message}");
        if (kind.Kind == "Event") return [];
        if (kind.Kind == "CustomResourceDefinition") errors.AddRange(DefinitionRules.Validate(item));
        errors.AddRange(PodErrors(kind, item));
        errors.AddRange(ImmutableErrors(kind, item, old));
        return errors;
    }

    /// <summary>What a real server cannot even decode: a wrong type, or a time it cannot parse.</summary>
    private static bool IsUnreadable(FieldError error) =>
        error.Reason == "FieldValueTypeInvalid" || error.Message.Contains(ScalarChecks.MicroTime, StringComparison.Ordinal);

    private static IEnumerable<FieldError> PodErrors(ResourceKind kind, JsonObject item)
    {
        (JsonNode? spec, string path) = kind.Kind switch
        {
            "Pod" => (item["spec"], "spec"),
            "Deployment" or "ReplicaSet" => (item.Find("spec", "template", "spec"), "spec.template.spec"),
            _ => (null, ""),
        };
        int index = 0;
        foreach (JsonObject container in spec.Items("containers"))
        {
            string at = $"{path}.containers[{index++}]";
            if (container.Text("image") is not { Length: > 0 }) yield return FieldError.Required($"{at}.image");
        }

        if (path.Contains("template", StringComparison.Ordinal) && !TemplateMatches(item))
        {
            yield return FieldError.Invalid(
                "spec.template.metadata.labels", SchemaValidator.Shown(item.Find("spec", "template", "metadata", "labels")), "`selector` does not match template `labels`");
        }
    }

    private static bool TemplateMatches(JsonObject item)
    {
        if (item.Find("spec", "selector", "matchLabels") is not JsonObject wanted) return true;
        JsonNode? labels = item.Find("spec", "template", "metadata", "labels");
        return wanted.All(pair => labels.Text(pair.Key) == pair.Value.AsText());
    }

    private static IEnumerable<FieldError> ImmutableErrors(ResourceKind kind, JsonObject item, JsonObject? old)
    {
        if (old is null) yield break;
        string[] frozen = kind.Kind switch
        {
            "Deployment" or "ReplicaSet" => ["spec.selector"],
            "Pod" => ["spec.volumes", "spec.runtimeClassName", "spec.serviceAccountName", "spec.hostNetwork"],
            "RuntimeClass" => ["handler"],
            "Secret" => ["type"],
            "RoleBinding" or "ClusterRoleBinding" => ["roleRef"],
            _ => [],
        };
        foreach (string path in frozen)
        {
            JsonNode? now = item.FindDotted(path);
            if (!JsonNode.DeepEquals(now, old.FindDotted(path))) yield return FieldError.Invalid(path, SchemaValidator.Shown(now), "field is immutable");
        }

        bool sealedData = old["immutable"] is JsonValue flag && flag.TryGetValue(out bool set) && set;
        if (sealedData && !JsonNode.DeepEquals(item["data"], old["data"]))
            yield return FieldError.Forbidden("data", "field is immutable when `immutable` is set");
    }
}
