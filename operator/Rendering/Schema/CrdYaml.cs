using System.Reflection;
using System.Text.Json.Nodes;
using ConfidentialOperator.Rendering.Api.Schema;
using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Yaml;

namespace ConfidentialOperator.Rendering.Schema;

/// <summary>The CustomResourceDefinition, made from the API types: crds/confidentialmodels.yaml is its text.</summary>
public static class CrdYaml
{
    /// <summary>Makes the text of crds/confidentialmodels.yaml.</summary>
    /// <returns>The text.</returns>
    public static string Generate() =>
        "# Generated from operator/Rendering/Api by `make generate`. Do not edit.\n" + YamlText.Write(Document());

    /// <summary>Makes the CustomResourceDefinition as an object.</summary>
    /// <returns>The object.</returns>
    public static JsonObject Document()
    {
        Type type = typeof(ConfidentialModel);
        KubernetesEntityAttribute entity = type.GetCustomAttribute<KubernetesEntityAttribute>()!;
        return AsRead(new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{entity.PluralName}.{entity.Group}" },
            ["spec"] = new JsonObject
            {
                ["group"] = entity.Group,
                ["names"] = Names(type, entity),
                ["scope"] = "Namespaced",
                ["versions"] = new JsonArray(VersionOf(type, entity)),
            },
        });
    }

    /// <summary>Gets the schema of the resource's current version.</summary>
    /// <returns>The schema.</returns>
    public static JsonObject SchemaOfModel() => AsRead(SchemaWriter.OfType(typeof(ConfidentialModel)));

    // Numbers that were read convert to any width; numbers that were built only to their own.
    private static JsonObject AsRead(JsonObject built) => JsonNode.Parse(built.ToJsonString())!.AsObject();

    private static JsonObject Names(Type type, KubernetesEntityAttribute entity) => new()
    {
        ["categories"] = Texts(type.GetCustomAttribute<KubernetesEntityCategoriesAttribute>()!.Categories),
        ["kind"] = entity.Kind,
        ["listKind"] = entity.Kind + "List",
        ["plural"] = entity.PluralName,
        ["shortNames"] = Texts(type.GetCustomAttribute<KubernetesEntityShortNamesAttribute>()!.ShortNames),
        ["singular"] = entity.Kind.ToLowerInvariant(),
    };

    private static JsonObject VersionOf(Type type, KubernetesEntityAttribute entity)
    {
        ScaleSubresourceAttribute scale = type.GetCustomAttribute<ScaleSubresourceAttribute>()!;
        return new JsonObject
        {
            ["additionalPrinterColumns"] = Columns(type),
            ["name"] = entity.ApiVersion,
            ["schema"] = new JsonObject { ["openAPIV3Schema"] = SchemaOfModel() },
            ["served"] = true,
            ["storage"] = true,
            ["subresources"] = new JsonObject
            {
                ["scale"] = new JsonObject
                {
                    ["labelSelectorPath"] = scale.LabelSelectorPath,
                    ["specReplicasPath"] = scale.SpecReplicasPath,
                    ["statusReplicasPath"] = scale.StatusReplicasPath,
                },
                ["status"] = new JsonObject(),
            },
        };
    }

    private static JsonArray Columns(Type type)
    {
        JsonArray columns = [];
        foreach (GenericAdditionalPrinterColumnAttribute column in type.GetCustomAttributes<GenericAdditionalPrinterColumnAttribute>())
        {
            JsonObject entry = [];
            if (column.Description is not null)
            {
                entry["description"] = column.Description;
            }

            entry["jsonPath"] = column.JsonPath;
            entry["name"] = column.Name;
            if (column.Priority > 0)
            {
                entry["priority"] = column.Priority;
            }

            entry["type"] = column.Type;
            columns.Add((JsonNode)entry);
        }

        return columns;
    }

    private static JsonArray Texts(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
