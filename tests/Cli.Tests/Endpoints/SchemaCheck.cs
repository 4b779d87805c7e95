using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConfidentialOperator.Cli.Tests.Running;

namespace ConfidentialOperator.Cli.Tests.Endpoints;

/// <summary>Checks a document against the words of JSON Schema that our schema uses; a word that it does not know fails the test.</summary>
internal static class SchemaCheck
{
    private static readonly string[] s_known = ["$schema", "$defs", "$ref", "title", "description", "type", "required", "additionalProperties", "properties",
        "const", "enum", "items", "pattern", "minimum"];

    public static JsonNode Appraisal { get; } = JsonNode.Parse(File.ReadAllText(Repository.Path("docs/reference/appraisal.schema.json")))!;

    public static IReadOnlyList<string> Faults(JsonNode? value) => [.. Check("$", value, Appraisal.AsObject())];

    private static IEnumerable<string> Check(string path, JsonNode? value, JsonObject schema)
    {
        Assert.All(schema, word => Assert.Contains(word.Key, s_known));
        if (schema["$ref"] is { } reference)
        {
            schema = Appraisal["$defs"]![reference.GetValue<string>().Split('/')[^1]]!.AsObject();
        }

        IEnumerable<string> faults = Simple(path, value, schema);
        return value switch
        {
            JsonObject given => faults.Concat(Members(path, given, schema)),
            JsonArray list => faults.Concat(list.SelectMany((entry, at) => Check($"{path}[{at}]", entry, schema["items"]!.AsObject()))),
            _ => faults,
        };
    }

    private static IEnumerable<string> Simple(string path, JsonNode? value, JsonObject schema)
    {
        if (schema["type"] is { } type && !(type is JsonArray types ? types.Select(one => one!.GetValue<string>()) : [type.GetValue<string>()]).Contains(TypeOf(value)))
        {
            yield return $"{path} is of type {TypeOf(value)}";
        }

        if ((schema["const"] is { } only && !JsonNode.DeepEquals(only, value)) || (schema["enum"] is JsonArray any && !any.Any(one => JsonNode.DeepEquals(one, value))))
        {
            yield return $"{path} is {value}";
        }

        if (value is JsonValue text && TypeOf(value) == "string" && schema["pattern"] is { } pattern && !Regex.IsMatch(text.GetValue<string>(), pattern.GetValue<string>()))
        {
            yield return $"{path} is '{text}'";
        }
    }

    private static IEnumerable<string> Members(string path, JsonObject given, JsonObject schema)
    {
        JsonObject known = schema["properties"]?.AsObject() ?? [];
        IEnumerable<string> absent = (schema["required"]?.AsArray() ?? []).Select(name => name!.GetValue<string>()).Where(name => !given.ContainsKey(name));
        IEnumerable<string> strange = schema["additionalProperties"] is null ? [] : given.Select(member => member.Key).Where(name => !known.ContainsKey(name));
        return absent.Select(name => $"{path}.{name} is absent").Concat(strange.Select(name => $"{path}.{name} is not known"))
            .Concat(given.Where(member => known.ContainsKey(member.Key)).SelectMany(member => Check($"{path}.{member.Key}", member.Value, known[member.Key]!.AsObject())));
    }

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or System.Text.Json.JsonValueKind.Null => "null",
        System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => "boolean",
        System.Text.Json.JsonValueKind.Number => "integer",
        System.Text.Json.JsonValueKind.String => "string",
        System.Text.Json.JsonValueKind.Array => "array",
        _ => "object",
    };
}
