using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Rendering.Api.Schema;
using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Rendering.Schema;

/// <summary>Makes the structural OpenAPI v3 schema of an API type from its properties and attributes.</summary>
internal static class SchemaWriter
{
    /// <summary>Makes the schema of an object type; members are in the order of declaration.</summary>
    /// <param name="type">The type.</param>
    /// <returns>The schema.</returns>
    public static JsonObject OfType(Type type)
    {
        JsonObject schema = [];
        Describe(schema, type);
        schema["type"] = "object";
        JsonObject properties = [];
        List<string> required = [];
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            string name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            properties[name] = OfProperty(property);
            if (property.IsDefined(typeof(RequiredAttribute)))
            {
                required.Add(name);
            }
        }

        schema["properties"] = properties;
        if (required.Count > 0)
        {
            schema["required"] = Texts(required);
        }

        AddRules(schema, type);
        return schema;
    }

    private static JsonObject OfProperty(PropertyInfo property)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type == typeof(ObjectMetadata))
        {
            return new JsonObject { ["type"] = "object" };
        }

        JsonObject shape = OfValue(type, property);
        JsonObject schema = [];
        Describe(schema, property);
        foreach ((string name, JsonNode? value) in shape)
        {
            if (name != "description" || !schema.ContainsKey(name))
            {
                schema[name] = value?.DeepClone();
            }
        }

        AddBounds(schema, property);
        AddLists(schema, property);
        AddRules(schema, property);
        return schema;
    }

    private static JsonObject OfValue(Type type, PropertyInfo property)
    {
        if (ElementOf(type, typeof(IReadOnlyDictionary<,>), 1) is { } valueType)
        {
            JsonObject value = OfValue(valueType, property);
            AddItemLength(value, property);
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = value };
        }

        if (ElementOf(type, typeof(IReadOnlyList<>), 0) is { } itemType)
        {
            JsonObject item = OfValue(itemType, property);
            AddItemLength(item, property);
            return new JsonObject { ["type"] = "array", ["items"] = item };
        }

        return type switch
        {
            _ when type == typeof(string) => new JsonObject { ["type"] = "string" },
            _ when type == typeof(bool) => new JsonObject { ["type"] = "boolean" },
            _ when type == typeof(int) => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
            _ when type == typeof(long) => new JsonObject { ["type"] = "integer", ["format"] = "int64" },
            _ when type == typeof(Quantity) => NumberOrText(Quantity.Pattern, 64),
            _ when type == typeof(NumberOrPercent) => NumberOrText("^[0-9]{1,4}%?$", 5),
            _ when type == typeof(JsonObject) => new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true },
            _ => OfType(type),
        };
    }

    private static JsonObject NumberOrText(string pattern, int maxLength) => new()
    {
        ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "integer" }, new JsonObject { ["type"] = "string" }),
        ["maxLength"] = maxLength,
        ["pattern"] = pattern,
        ["x-kubernetes-int-or-string"] = true,
    };

    private static Type? ElementOf(Type type, Type generic, int index) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == generic ? type.GetGenericArguments()[index] : null;

    private static void AddItemLength(JsonObject schema, PropertyInfo property)
    {
        if (property.GetCustomAttribute<ItemLengthAttribute>() is { } length && (string?)schema["type"] == "string")
        {
            schema["maxLength"] = length.MaxLength;
        }
    }

    private static void AddBounds(JsonObject schema, PropertyInfo property)
    {
        if (property.GetCustomAttribute<DefaultValueAttribute>() is { } standard)
        {
            schema["default"] = JsonSerializer.SerializeToNode(standard.Value);
        }

        if (property.GetCustomAttribute<FormatAttribute>() is { } format)
        {
            schema["format"] = format.Format;
        }

        if (property.GetCustomAttribute<EnumValuesAttribute>() is { } words)
        {
            schema["enum"] = Texts(words.Values);
            schema["maxLength"] = words.Values.Max(word => word.Length);
        }

        if (property.GetCustomAttribute<LengthAttribute>() is { } length)
        {
            Bound(schema, "minLength", length.MinLength);
            Bound(schema, "maxLength", length.MaxLength);
        }

        if (property.GetCustomAttribute<PatternAttribute>() is { } pattern)
        {
            schema["pattern"] = pattern.RegexPattern;
        }

        AddNumberBounds(schema, property);
    }

    private static void AddNumberBounds(JsonObject schema, PropertyInfo property)
    {
        if (property.GetCustomAttribute<RangeMinimumAttribute>() is { } minimum)
        {
            schema["minimum"] = (long)minimum.Minimum;
        }

        if (property.GetCustomAttribute<RangeMaximumAttribute>() is { } maximum)
        {
            schema["maximum"] = (long)maximum.Maximum;
        }
    }

    private static void AddLists(JsonObject schema, PropertyInfo property)
    {
        if (property.GetCustomAttribute<ItemsAttribute>() is { } items)
        {
            Bound(schema, "minItems", items.MinItems);
            Bound(schema, "maxItems", items.MaxItems);
        }

        if (property.GetCustomAttribute<PropertyLimitsAttribute>() is { } limits)
        {
            Bound(schema, "minProperties", limits.MinProperties);
            Bound(schema, "maxProperties", limits.MaxProperties);
        }

        if (property.GetCustomAttribute<XListMapKeysAttribute>() is { } keys)
        {
            schema["x-kubernetes-list-map-keys"] = Texts(keys.Keys);
        }

        if (property.GetCustomAttribute<XListTypeAttribute>() is { } list)
        {
            schema["x-kubernetes-list-type"] = JsonNamingPolicy.CamelCase.ConvertName(list.Type.ToString());
        }
    }

    private static void AddRules(JsonObject schema, MemberInfo member)
    {
        JsonArray rules = schema["x-kubernetes-validations"] as JsonArray ?? [];
        foreach (ValidationRuleAttribute rule in member.GetCustomAttributes<ValidationRuleAttribute>())
        {
            JsonObject entry = [];
            Text(entry, "fieldPath", rule.FieldPath);
            Text(entry, "message", rule.Message);
            Text(entry, "messageExpression", rule.MessageExpression);
            Text(entry, "reason", rule.Reason);
            entry["rule"] = rule.Rule;
            rules.Add((JsonNode)entry);
        }

        if (rules.Count > 0 && rules.Parent is null)
        {
            schema["x-kubernetes-validations"] = rules;
        }
    }

    private static void Describe(JsonObject schema, MemberInfo member) =>
        Text(schema, "description", member.GetCustomAttribute<DescriptionAttribute>()?.Description);

    private static void Text(JsonObject schema, string name, string? value)
    {
        if (value is not null)
        {
            schema[name] = value;
        }
    }

    private static void Bound(JsonObject schema, string name, long value)
    {
        if (value >= 0)
        {
            schema[name] = value;
        }
    }

    private static JsonArray Texts(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
