using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Schemas;
using ConfidentialOperator.ApiServer.Schemas.Cel;

namespace ConfidentialOperator.ApiServer.Kinds;

/// <summary>What a custom resource definition must satisfy, and the status it gets at once.</summary>
internal static class DefinitionRules
{
    public static IEnumerable<FieldError> Validate(JsonObject definition)
    {
        string wanted = $"{definition.Text("spec", "names", "plural")}.{definition.Text("spec", "group")}";
        if (definition.Name() != wanted) yield return FieldError.Invalid("metadata.name", $"\"{definition.Name()}\"", $"must be spec.names.plural+\".\"+spec.group");
        int index = 0;
        foreach (JsonObject version in definition.Items("spec", "versions"))
        {
            string path = $"spec.versions[{index++}].schema.openAPIV3Schema";
            if (version.Find("schema", "openAPIV3Schema") is not JsonObject schema) yield return FieldError.Required(path, "schemas are required");
            else foreach (FieldError error in RuleErrors(schema, path)) yield return error;
        }
    }

    public static void Establish(JsonObject definition, string now)
    {
        JsonObject status = definition.Child("status");
        status["acceptedNames"] = definition.Find("spec", "names")?.DeepClone();
        status["storedVersions"] = new JsonArray([.. definition.Items("spec", "versions")
            .Where(version => version["storage"] is JsonValue flag && flag.GetValue<bool>()).Select(version => version["name"]?.DeepClone())]);
        if (status["conditions"] is JsonArray) return;
        status["conditions"] = new JsonArray(
            Condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
            Condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now));
    }

    private static JsonObject Condition(string type, string reason, string message, string now) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["lastTransitionTime"] = now,
        ["reason"] = reason,
        ["message"] = message,
    };

    private static List<FieldError> RuleErrors(JsonObject schema, string path)
    {
        List<FieldError> errors = [];
        Visit(schema, path, errors);
        return errors;
    }

    /// <summary>Gets whether every member of a path is in the schema as it is written; metadata has no members there.</summary>
    private static bool Leads(JsonObject schema, string path)
    {
        JsonNode? at = schema;
        foreach (string name in path.TrimStart('.').Split('.')) at = at.Find("properties", name) ?? at.Find("additionalProperties");
        return path.StartsWith('.') && at is JsonObject;
    }

    private static void Visit(JsonObject schema, string path, List<FieldError> errors)
    {
        try
        {
            _ = new SchemaNode(schema).Rules;
            _ = new SchemaNode(schema).Pattern;
        }
        catch (Exception error) when (error is CelException or ArgumentException)
        {
            errors.Add(FieldError.Invalid($"{path}.x-kubernetes-validations", "\"\"", $"compilation failed: {error.Message}"));
        }

        foreach ((string name, JsonNode? member) in schema["properties"] as JsonObject ?? [])
        {
            if (member is JsonObject below) Visit(below, $"{path}.properties[{name}]", errors);
        }

        int index = 0;
        foreach (JsonObject rule in schema.Items("x-kubernetes-validations"))
        {
            string at = $"{path}.x-kubernetes-validations[{index++}].fieldPath";
            if (rule.Text("fieldPath") is { } field && !Leads(schema, field))
                errors.Add(FieldError.Invalid(at, SchemaValidator.Shown(field), "must be a valid path"));
        }

        if (schema["items"] is JsonObject items) Visit(items, $"{path}.items", errors);
        if (schema["additionalProperties"] is JsonObject additional) Visit(additional, $"{path}.additionalProperties", errors);
    }
}
