using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ConfidentialOperator.Rendering.Reading;

/// <summary>Checks a value against the structural schema of the CustomResourceDefinition and returns every error.</summary>
internal static class SchemaCheck
{
    /// <summary>Checks a value; unknown fields are errors, as with kubectl's strict validation.</summary>
    /// <param name="value">The value.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="path">Where the value is; empty for the root.</param>
    /// <param name="errors">Where errors go.</param>
    public static void Check(JsonNode? value, JsonObject schema, string path, List<FieldError> errors)
    {
        if (value is null)
        {
            errors.Add(new FieldError(path, "must not be null"));
        }
        else if (schema["x-kubernetes-int-or-string"] is not null)
        {
            CheckNumberOrText(value, schema, path, errors);
        }
        else
        {
            CheckTyped(value, schema, path, errors);
        }
    }

    private static void CheckTyped(JsonNode value, JsonObject schema, string path, List<FieldError> errors)
    {
        string type = (string)schema["type"]!;
        switch (type, value)
        {
            case ("object", JsonObject members):
                CheckObject(members, schema, path, errors);
                break;
            case ("array", JsonArray items):
                CheckArray(items, schema, path, errors);
                break;
            case ("string", JsonValue) when value.GetValueKind() == JsonValueKind.String:
                CheckText((string)value!, schema, path, errors);
                break;
            case ("integer", JsonValue number) when number.TryGetValue(out long whole):
                CheckNumber(whole, schema, path, errors);
                break;
            case ("boolean", JsonValue) when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False:
                break;
            default:
                errors.Add(new FieldError(path, $"must be {Article(type)}"));
                break;
        }
    }

    private static string Article(string type) => type is "array" or "integer" or "object" ? $"an {type}" : $"a {type}";

    private static void CheckObject(JsonObject members, JsonObject schema, string path, List<FieldError> errors)
    {
        JsonObject? known = schema["properties"] as JsonObject;
        JsonObject? values = schema["additionalProperties"] as JsonObject;
        bool open = known is null && values is null;
        foreach (JsonNode? name in schema["required"] as JsonArray ?? [])
        {
            if (!members.ContainsKey((string)name!))
            {
                errors.Add(new FieldError(Join(path, (string)name!), "is required"));
            }
        }

        foreach ((string name, JsonNode? value) in members)
        {
            if (known?[name] is JsonObject member)
            {
                Check(value, member, Join(path, name), errors);
            }
            else if (values is not null)
            {
                Check(value, values, Join(path, name), errors);
            }
            else if (!open)
            {
                errors.Add(new FieldError(Join(path, name), "is not a known field"));
            }
        }

        Bounds(members.Count, schema, "minProperties", "maxProperties", "entries", path, errors);
    }

    private static void CheckArray(JsonArray items, JsonObject schema, string path, List<FieldError> errors)
    {
        Bounds(items.Count, schema, "minItems", "maxItems", "items", path, errors);
        for (int index = 0; index < items.Count; index++)
        {
            Check(items[index], schema["items"]!.AsObject(), $"{path}[{index}]", errors);
        }
    }

    private static void CheckText(string text, JsonObject schema, string path, List<FieldError> errors)
    {
        if (schema["enum"] is JsonArray words)
        {
            if (!words.Any(word => (string)word! == text))
            {
                errors.Add(new FieldError(path, $"must be one of {string.Join(", ", words.Select(word => (string)word!))}"));
            }

            return;
        }

        Bounds(text.Length, schema, "minLength", "maxLength", "characters", path, errors);
        CheckPattern(text, schema, path, errors);
    }

    private static void CheckPattern(string text, JsonObject schema, string path, List<FieldError> errors)
    {
        // The patterns are RE2's; the engine without backtracking keeps their cost linear in the text here too.
        if (schema["pattern"] is { } pattern && !Regex.IsMatch(text, (string)pattern!, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant))
        {
            errors.Add(new FieldError(path, $"must match {pattern}"));
        }
    }

    private static void CheckNumberOrText(JsonNode value, JsonObject schema, string path, List<FieldError> errors)
    {
        JsonValueKind kind = value.GetValueKind();
        if (kind == JsonValueKind.String)
        {
            Bounds(((string)value!).Length, schema, "minLength", "maxLength", "characters", path, errors);
            CheckPattern((string)value!, schema, path, errors);
        }
        else if (kind != JsonValueKind.Number || value is not JsonValue number || !number.TryGetValue(out long _))
        {
            errors.Add(new FieldError(path, "must be a whole number or a text"));
        }
    }

    private static void CheckNumber(long number, JsonObject schema, string path, List<FieldError> errors)
    {
        if (schema["minimum"] is { } least && number < least.GetValue<long>())
        {
            errors.Add(new FieldError(path, $"must be at least {least}"));
        }

        if (schema["maximum"] is { } most && number > most.GetValue<long>())
        {
            errors.Add(new FieldError(path, $"must be at most {most}"));
        }
    }

    private static void Bounds(
        long size, JsonObject schema, string least, string most, string what, string path, List<FieldError> errors)
    {
        if (schema[least] is { } minimum && size < minimum.GetValue<long>())
        {
            errors.Add(new FieldError(path, string.Create(CultureInfo.InvariantCulture, $"must have at least {minimum} {what}")));
        }

        if (schema[most] is { } maximum && size > maximum.GetValue<long>())
        {
            errors.Add(new FieldError(path, string.Create(CultureInfo.InvariantCulture, $"must have at most {maximum} {what}")));
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
