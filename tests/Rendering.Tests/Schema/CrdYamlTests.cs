using System.Text.Json.Nodes;
using ConfidentialOperator.Rendering.Schema;
using ConfidentialOperator.Rendering.Yaml;

namespace ConfidentialOperator.Rendering.Tests.Schema;

public sealed class CrdYamlTests
{
    [Fact]
    [Trait("Writes", "Files")]
    public void Checked_in_definition_is_the_generated_one() =>
        Repository.AssertIs("crds/confidentialmodels.yaml", CrdYaml.Generate());

    [Fact]
    [Trait("Writes", "Files")]
    public void Checked_in_reference_page_is_the_generated_one() =>
        Repository.AssertIs("docs/reference/confidentialmodel.md", ResourceReference.Generate());

    [Fact]
    public void Text_reads_back_as_the_document()
    {
        Assert.True(YamlReader.TryRead(CrdYaml.Generate(), out IReadOnlyList<JsonNode> documents, out string? error), error);
        Assert.True(JsonNode.DeepEquals(CrdYaml.Document(), Assert.Single(documents)));
    }

    [Fact]
    public void Every_list_has_a_type_and_a_bound_and_every_text_a_bound()
    {
        List<string> wrong = [];
        Walk(CrdYaml.SchemaOfModel(), "", wrong);
        wrong.RemoveAll(path => path is ".apiVersion" or ".kind");
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_rule_has_a_message()
    {
        List<JsonNode> rules = [];
        Rules(CrdYaml.SchemaOfModel(), rules);
        Assert.True(rules.Count >= 12, $"{rules.Count} rules");
        Assert.All(rules, rule => Assert.False(string.IsNullOrWhiteSpace((string?)rule["message"])));
    }

    [Fact]
    public void Columns_names_and_subresources_are_what_users_were_promised()
    {
        JsonNode spec = CrdYaml.Document()["spec"]!;
        JsonNode version = spec["versions"]![0]!;
        string[] columns = [.. version["additionalPrinterColumns"]!.AsArray().Where(c => c!["priority"] is null).Select(c => (string)c!["name"]!)];
        Assert.Equal(["Ready", "Reason", "TEE", "Attested", "Age"], columns);
        Assert.Equal("cfm", (string)spec["names"]!["shortNames"]![0]!);
        Assert.Equal("confidential", (string)spec["names"]!["categories"]![0]!);
        Assert.NotNull(version["subresources"]!["status"]);
        Assert.Equal(".spec.replicas", (string)version["subresources"]!["scale"]!["specReplicasPath"]!);
        Assert.Equal(".status.selector", (string)version["subresources"]!["scale"]!["labelSelectorPath"]!);
    }

    [Fact]
    public void Every_field_is_described()
    {
        List<string> wrong = [];
        Described(CrdYaml.SchemaOfModel(), "", wrong);
        wrong.RemoveAll(path => path is ".apiVersion" or ".kind" or ".metadata");
        Assert.Empty(wrong);
    }

    private static void Walk(JsonObject schema, string path, List<string> wrong)
    {
        switch ((string?)schema["type"])
        {
            case "string" when schema["maxLength"] is null:
            case "array" when schema["maxItems"] is null || schema["x-kubernetes-list-type"] is null:
            case "object" when schema["additionalProperties"] is not null && schema["maxProperties"] is null:
                wrong.Add(path);
                break;
            default:
                break;
        }

        foreach ((string name, JsonNode? member) in Members(schema))
        {
            Walk(member!.AsObject(), $"{path}.{name}", wrong);
        }
    }

    private static void Described(JsonObject schema, string path, List<string> wrong)
    {
        foreach ((string name, JsonNode? member) in schema["properties"] as JsonObject ?? schema["items"]?["properties"] as JsonObject ?? [])
        {
            if (member!["description"] is null)
            {
                wrong.Add($"{path}.{name}");
            }

            Described(member.AsObject(), $"{path}.{name}", wrong);
        }
    }

    private static void Rules(JsonObject schema, List<JsonNode> rules)
    {
        rules.AddRange((schema["x-kubernetes-validations"] as JsonArray ?? [])!);
        foreach ((_, JsonNode? member) in Members(schema))
        {
            Rules(member!.AsObject(), rules);
        }
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Members(JsonObject schema) =>
        (schema["properties"] as JsonObject ?? [])
            .Concat(schema["items"] is { } items ? [new("[]", items)] : [])
            .Concat(schema["additionalProperties"] is JsonObject values ? [new("{}", values)] : []);
}
