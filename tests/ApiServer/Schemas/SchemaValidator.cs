using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Schemas;

/// <summary>Checks a value against a schema; messages and paths are those of the Kubernetes API server.</summary>
internal sealed class SchemaValidator
{
    private readonly List<FieldError> _errors = [];

    private SchemaValidator()
    {
    }

    public static List<FieldError> Validate(JsonNode? value, SchemaNode schema, string path = "")
    {
        SchemaValidator validator = new();
        validator.Check(value, schema, path);
        return validator._errors;
    }

    public static string Shown(JsonNode? value) => value is null ? "null" : value.ToJsonString(Printing.Relaxed);

    private void Check(JsonNode? value, SchemaNode schema, string path)
    {
        if (value is null && (schema.Nullable || schema.Type is null)) return;
        if (!TypeMatches(value, schema, path)) return;
        CheckEnum(value, schema, path);
        switch (value)
        {
            case JsonObject item: CheckObject(item, schema, path); break;
            case JsonArray list: CheckList(list, schema, path); break;
            case JsonValue scalar: ScalarChecks.Check(scalar, schema, path, _errors); break;
        }

        CheckCombinations(value, schema, path);
    }

    private bool TypeMatches(JsonNode? value, SchemaNode schema, string path)
    {
        string actual = TypeOf(value);
        if (schema.IntOrString)
        {
            if (actual is "integer" or "string" or "number") return true;
            _errors.Add(FieldError.Type(path, actual, "integer,string"));
            return false;
        }

        if (schema.Type is null || schema.Type == actual || (schema.Type == "number" && actual == "integer")) return true;
        _errors.Add(FieldError.Type(path, actual, schema.Type));
        return false;
    }

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => double.IsInteger(value.AsDouble()) ? "integer" : "number",
        _ => "boolean",
    };

    private void CheckEnum(JsonNode? value, SchemaNode schema, string path)
    {
        if (schema.Source["enum"] is not JsonArray allowed || allowed.Any(one => JsonNode.DeepEquals(one, value))) return;
        _errors.Add(FieldError.Unsupported(path, Shown(value), allowed.Select(Shown)));
    }

    private void CheckObject(JsonObject item, SchemaNode schema, string path)
    {
        foreach (string name in schema.Required)
        {
            if (!item.ContainsKey(name)) _errors.Add(FieldError.Required(Below(path, name)));
        }

        foreach ((string name, JsonNode? member) in item)
        {
            if (schema.Member(name) is { } known) Check(member, known, Below(path, name));
        }

        if (schema.Source.Integer("maxProperties") is { } most && item.Count > most)
            _errors.Add(new FieldError(path, "FieldValueTooMany", $"Too many: {item.Count}: must have at most {most} items"));
        if (schema.Source.Integer("minProperties") is { } least && item.Count < least)
            _errors.Add(FieldError.Invalid(path, $"{item.Count}", $"{path} in body should have at least {least} properties"));
    }

    private void CheckList(JsonArray list, SchemaNode schema, string path)
    {
        if (schema.Source.Integer("maxItems") is { } most && list.Count > most) _errors.Add(FieldError.TooMany(path, list.Count, most));
        if (schema.Source.Integer("minItems") is { } least && list.Count < least)
            _errors.Add(FieldError.Invalid(path, $"{list.Count}", $"{path} in body should have at least {least} items"));
        if (schema.Items is not null)
        {
            for (int i = 0; i < list.Count; i++) Check(list[i], schema.Items, $"{path}[{i}]");
        }

        CheckUnique(list, schema, path);
    }

    private void CheckUnique(JsonArray list, SchemaNode schema, string path)
    {
        if (schema.ListType is not ("map" or "set")) return;
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < list.Count; i++)
        {
            string identity = schema.ListType == "set" ? Shown(list[i]) : KeyOf(list[i], schema);
            if (!seen.Add(identity)) _errors.Add(FieldError.Duplicate($"{path}[{i}]", identity));
        }
    }

    private static string KeyOf(JsonNode? element, SchemaNode schema)
    {
        JsonObject key = [];
        foreach (string name in schema.ListKeys)
        {
            JsonNode? part = element.Find(name) ?? schema.Items?.Member(name)?.Default;
            if (part is not null) key[name] = part.DeepClone();
        }

        return Shown(key);
    }

    private void CheckCombinations(JsonNode? value, SchemaNode schema, string path)
    {
        foreach (JsonObject part in schema.Source.Items("allOf")) Check(value, new SchemaNode(part), path);
        if (schema.Source["anyOf"] is JsonArray && !schema.IntOrString && Matches(value, schema, "anyOf") == 0)
            _errors.Add(FieldError.Invalid(path, Quoted(value), $"{path} in body must validate at least one schema (anyOf)"));
        if (schema.Source["oneOf"] is JsonArray && !schema.IntOrString && Matches(value, schema, "oneOf") != 1)
            _errors.Add(FieldError.Invalid(path, Quoted(value), $"{path} in body must validate one and only one schema (oneOf)"));
        if (schema.Source["not"] is JsonObject not && Validate(value, new SchemaNode(not), path).Count == 0)
            _errors.Add(FieldError.Invalid(path, Quoted(value), $"{path} in body must not validate the schema (not)"));
    }

    private static int Matches(JsonNode? value, SchemaNode schema, string name) =>
        schema.Source.Items(name).Count(part => Validate(value, new SchemaNode(part)).Count == 0);

    private static string Quoted(JsonNode? value) => value is JsonObject or JsonArray ? $"\"{TypeOf(value)}\"" : Shown(value);

    private static string Below(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
