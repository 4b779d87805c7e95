using System.Text;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.Rendering.Schema;

/// <summary>The reference page of the resource, made from the same schema as the CustomResourceDefinition.</summary>
public static class ResourceReference
{
    /// <summary>Makes the text of docs/reference/confidentialmodel.md.</summary>
    /// <returns>The text, in Markdown.</returns>
    public static string Generate()
    {
        JsonObject schema = CrdYaml.SchemaOfModel();
        StringBuilder text = new();
        text.Append("# ConfidentialModel\n\n<!-- Generated from operator/Rendering/Api by `make generate`. Do not edit. -->\n\n");
        text.Append(schema["description"]).Append("\n\n");
        text.Append("Group `confidential-operator.dev`, version `v1alpha1`, namespaced, short name `cfm`, category `confidential`.\n");
        text.Append("Examples: `crds/examples/`.\n");
        List<(string Path, JsonNode Rule)> rules = [];
        Section(text, schema, "spec", "Specification", rules);
        Section(text, schema, "status", "Status", rules);
        Rules(schema, "", rules);
        text.Append("\n## Rules\n\nThe API server refuses a resource that breaks one of these; `cfm render` checks the same.\n\n");
        text.Append("| Where | Rule |\n|---|---|\n");
        foreach ((string path, JsonNode rule) in rules)
        {
            text.Append("| `").Append(path.Length == 0 ? "(resource)" : path).Append("` | ").Append(rule["message"]).Append(" |\n");
        }

        return text.ToString();
    }

    private static void Section(StringBuilder text, JsonObject schema, string name, string title, List<(string Path, JsonNode Rule)> rules)
    {
        text.Append("\n## ").Append(title).Append("\n\n| Field | Type | Meaning |\n|---|---|---|\n");
        Walk(text, schema["properties"]![name]!.AsObject(), name, rules);
    }

    private static void Walk(StringBuilder text, JsonObject schema, string path, List<(string Path, JsonNode Rule)> rules)
    {
        Rules(schema, path, rules);
        HashSet<string> required = [.. (schema["required"] as JsonArray ?? []).Select(name => (string)name!)];
        foreach ((string name, JsonNode? node) in schema["properties"] as JsonObject ?? [])
        {
            JsonObject member = node!.AsObject();
            string below = $"{path}.{name}";
            text.Append("| `").Append(below).Append('`').Append(required.Contains(name) ? " (required)" : "");
            text.Append(" | ").Append(TypeOf(member)).Append(" | ").Append(member["description"]).Append(Facts(member)).Append(" |\n");
            JsonObject inner = member["items"] as JsonObject ?? member;
            Walk(text, inner, member["items"] is null ? below : below + "[]", rules);
        }
    }

    private static void Rules(JsonObject schema, string path, List<(string Path, JsonNode Rule)> rules) =>
        rules.AddRange((schema["x-kubernetes-validations"] as JsonArray ?? []).Select(rule => (path, rule!)));

    private static string TypeOf(JsonObject schema) => schema switch
    {
        _ when schema["x-kubernetes-int-or-string"] is not null => "number or string",
        _ when schema["enum"] is JsonArray words => string.Join(", ", words.Select(word => $"`{word}`")),
        _ when schema["items"] is JsonObject items => $"list of {TypeOf(items)}",
        _ when schema["additionalProperties"] is JsonObject values => $"map of {TypeOf(values)}",
        _ => (string)schema["type"]!,
    };

    private static string Facts(JsonObject schema)
    {
        List<string> facts = [];
        Fact(facts, "Default", schema["default"]);
        Fact(facts, "Pattern", schema["x-kubernetes-int-or-string"] is null ? schema["pattern"] : null);
        Fact(facts, "From", schema["minimum"]);
        Fact(facts, "To", schema["maximum"]);
        return facts.Count == 0 ? "" : " " + string.Join(" ", facts);
    }

    private static void Fact(List<string> facts, string title, JsonNode? value)
    {
        if (value is not null)
        {
            facts.Add($"{title} `{value.ToString().Replace("|", "\\|", StringComparison.Ordinal)}`.");
        }
    }
}
