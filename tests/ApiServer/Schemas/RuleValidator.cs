using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Schemas.Cel;

namespace ConfidentialOperator.ApiServer.Schemas;

/// <summary>Runs the CEL rules of a schema at every level of an object.</summary>
internal static class RuleValidator
{
    public static List<FieldError> Validate(JsonObject item, JsonObject? old, SchemaNode schema)
    {
        List<FieldError> errors = [];
        Visit(item, old, schema, "", errors);
        return errors;
    }

    private static void Visit(JsonNode? value, JsonNode? old, SchemaNode schema, string path, List<FieldError> errors)
    {
        if (value is null) return;
        foreach (CelRule rule in schema.Rules) Run(rule, value, old, path, errors);
        if (value is JsonObject item)
        {
            foreach ((string name, JsonNode? member) in item)
            {
                if (schema.Member(name) is { } known)
                    Visit(member, old.Find(name), known, path.Length == 0 ? name : $"{path}.{name}", errors);
            }
        }
        else if (value is JsonArray list && schema.Items is { } items)
        {
            for (int i = 0; i < list.Count; i++) Visit(list[i], Counterpart(list[i], old, schema), items, $"{path}[{i}]", errors);
        }
    }

    /// <summary>Only the items of a keyed list have an old self; items of other lists cannot be paired.</summary>
    private static JsonNode? Counterpart(JsonNode? element, JsonNode? old, SchemaNode schema)
    {
        if (schema.ListType != "map" || old is not JsonArray olds) return null;
        return olds.FirstOrDefault(candidate =>
            schema.ListKeys.All(key => JsonNode.DeepEquals(candidate.Find(key), element.Find(key))));
    }

    private static void Run(CelRule rule, JsonNode value, JsonNode? old, string path, List<FieldError> errors)
    {
        if (rule.IsTransition && old is null) return;
        object? oldSelf = rule.IsOptionalOldSelf ? Optional(old) : old;
        Dictionary<string, object?> variables = new(StringComparer.Ordinal) { ["self"] = value, ["oldSelf"] = oldSelf };
        string field = path + rule.FieldPath;
        try
        {
            if (rule.Rule.Evaluate(variables) is true) return;
            errors.Add(Failure(rule, field.TrimStart('.'), value, Message(rule, variables)));
        }
        catch (CelException error)
        {
            errors.Add(FieldError.Invalid(field, TypeText(value), $"rule evaluation error: {error.Message}"));
        }
    }

    private static CelOptional Optional(JsonNode? old) => old is null ? CelOptional.None : new(true, CelValues.FromJson(old));

    private static string Message(CelRule rule, Dictionary<string, object?> variables)
    {
        if (rule.MessageExpression is null) return rule.Message;
        try
        {
            return rule.MessageExpression.Evaluate(variables) is string { Length: > 0 } text ? text : rule.Message;
        }
        catch (CelException)
        {
            return rule.Message;
        }
    }

    private static FieldError Failure(CelRule rule, string field, JsonNode value, string message) => rule.Reason switch
    {
        "FieldValueForbidden" => FieldError.Forbidden(field, message),
        "FieldValueRequired" => FieldError.Required(field, message),
        "FieldValueDuplicate" => FieldError.Duplicate(field, TypeText(value)),
        _ => FieldError.Invalid(field, TypeText(value), message),
    };

    private static string TypeText(JsonNode value) => value switch
    {
        JsonObject => "\"object\"",
        JsonArray => "\"array\"",
        _ => value.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.String => "\"string\"",
            System.Text.Json.JsonValueKind.Number => "\"integer\"",
            _ => "\"boolean\"",
        },
    };
}
