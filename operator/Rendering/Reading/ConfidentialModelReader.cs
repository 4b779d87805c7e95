using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ConfidentialOperator.Rendering.Admission;
using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Schema;
using ConfidentialOperator.Rendering.Yaml;

namespace ConfidentialOperator.Rendering.Reading;

/// <summary>Reads a ConfidentialModel from YAML or JSON and names every field that is wrong, as the API server would.</summary>
public static class ConfidentialModelReader
{
    /// <summary>The options with which the API types are read and written: camelCase names, absent instead of null.</summary>
    public static JsonSerializerOptions JsonOptions { get; } = MakeOptions();

    /// <summary>Reads the one ConfidentialModel of a text.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="model">The resource, with the schema's defaults filled in.</param>
    /// <param name="errors">Everything that is wrong.</param>
    /// <returns>Whether the resource is valid, admission rules included.</returns>
    public static bool TryRead(string text, [NotNullWhen(true)] out ConfidentialModel? model, out IReadOnlyList<FieldError> errors)
    {
        model = null;
        if (!YamlReader.TryRead(text, out IReadOnlyList<JsonNode> documents, out string? broken))
        {
            errors = [new FieldError("", broken)];
            return false;
        }

        JsonObject[] candidates = [.. documents.OfType<JsonObject>().Where(IsModel)];
        if (candidates.Length != 1)
        {
            errors = [new FieldError("", $"expected one {ConfidentialModel.KindName} of {ConfidentialModel.Group}/{ConfidentialModel.Version}, found {candidates.Length}")];
            return false;
        }

        return TryRead(candidates[0], out model, out errors);
    }

    /// <summary>Reads a ConfidentialModel from its JSON.</summary>
    /// <param name="node">The object; it is not changed.</param>
    /// <param name="model">The resource, with the schema's defaults filled in.</param>
    /// <param name="errors">Everything that is wrong.</param>
    /// <returns>Whether the resource is valid, admission rules included.</returns>
    public static bool TryRead(JsonObject node, [NotNullWhen(true)] out ConfidentialModel? model, out IReadOnlyList<FieldError> errors)
    {
        model = null;
        List<FieldError> found = [];
        node = JsonNode.Parse(node.ToJsonString())!.AsObject();
        SchemaCheck.Check(node, CrdYaml.SchemaOfModel(), "", found);
        errors = found;
        if (found.Count > 0)
        {
            return false;
        }

        try
        {
            model = node.Deserialize<ConfidentialModel>(JsonOptions);
        }
        catch (JsonException broken)
        {
            errors = [new FieldError(broken.Path?.TrimStart('$', '.') ?? "", "cannot be read")];
            return false;
        }

        errors = model is null ? [new FieldError("", "cannot be read")] : ModelAdmission.Check(model);
        return model is not null && errors.Count == 0;
    }

    private static bool IsModel(JsonObject node) =>
        node["kind"] is JsonValue kind && kind.TryGetValue(out string? name) && name == ConfidentialModel.KindName
        && node["apiVersion"] is JsonValue version && version.TryGetValue(out string? group)
        && group == ConfidentialModel.Group + "/" + ConfidentialModel.Version;

    private static JsonSerializerOptions MakeOptions()
    {
        JsonSerializerOptions options = new(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.Strict,
            PropertyNameCaseInsensitive = false,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
