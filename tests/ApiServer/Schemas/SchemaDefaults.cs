using System.Text.Json.Nodes;

namespace ConfidentialOperator.ApiServer.Schemas;

/// <summary>Fills in the defaults of a schema, and drops nulls where the schema forbids them.</summary>
internal static class SchemaDefaults
{
    public static void Apply(JsonNode? value, SchemaNode schema)
    {
        if (value is JsonObject item)
        {
            ApplyToMembers(item, schema);
        }
        else if (value is JsonArray list && schema.Items is { } items)
        {
            foreach (JsonNode? element in list) Apply(element, items);
        }
    }

    private static void ApplyToMembers(JsonObject item, SchemaNode schema)
    {
        DropNulls(item, schema);
        foreach ((string name, SchemaNode member) in schema.Properties)
        {
            if (member.Default is { } value && !item.ContainsKey(name)) item[name] = value.DeepClone();
            if (item[name] is { } present) Apply(present, member);
        }

        if (schema.AdditionalProperties is not { } additional) return;
        foreach ((string name, JsonNode? value) in item)
        {
            if (!schema.Properties.ContainsKey(name)) Apply(value, additional);
        }
    }

    private static void DropNulls(JsonObject item, SchemaNode schema)
    {
        foreach (string name in item.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList())
        {
            if (schema.Member(name) is { Nullable: false, PreserveUnknown: false }) item.Remove(name);
        }
    }
}
