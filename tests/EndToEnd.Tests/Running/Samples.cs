using System.Text.Json.Nodes;
using ConfidentialOperator.Rendering.Yaml;

namespace ConfidentialOperator.EndToEnd.Tests.Running;

/// <summary>Objects that tests begin with.</summary>
internal static class Samples
{
    private const string Policy = """{"payloadType":"application/vnd.confidential-operator.trust-policy.v1+json","payload":"eyJwb2xpY3lWZXJzaW9uIjo3fQ==","signatures":[{"keyid":"owner","sig":"AAAA"}]}""";

    /// <summary>Gets the documents of an example.</summary>
    public static IReadOnlyList<JsonObject> Example(string name)
    {
        Assert.True(YamlReader.TryRead(File.ReadAllText(ExamplePath(name)), out IReadOnlyList<JsonNode> documents, out _));
        return [.. documents.OfType<JsonObject>()];
    }

    public static string ExamplePath(string name) => Places.InRepository("crds", "examples", name + ".yaml");

    /// <summary>Gets the names of the examples, one for each kind of hardware.</summary>
    public static IReadOnlyList<string> Examples { get; } =
        [.. Directory.GetFiles(Places.InRepository("crds", "examples"), "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    /// <summary>An example, with its model from a folder; there is nobody at its broker's address.</summary>
    public static JsonObject Model(string space, string name, string example = "snp")
    {
        JsonObject model = Example(example).Single();
        model["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = space };
        model["spec"]!["model"]!["uri"] = "file:///models/triage-notes";
        model["spec"]!["attestation"]!["keyBroker"] = new JsonObject { ["url"] = "https://127.0.0.1:1" };

        // All models of all tests find room on the simulated node.
        model["spec"]!["runtime"]!["resources"] = new JsonObject { ["limits"] = new JsonObject { ["cpu"] = "500m", ["memory"] = "1Gi" } };
        return model;
    }

    /// <summary>The policy that a model names, as far as the Controller reads it.</summary>
    public static JsonObject PolicyOf(JsonObject model) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject
        {
            ["name"] = (string)model["spec"]!["attestation"]!["trustPolicyRef"]!["name"]!,
            ["namespace"] = (string)model["metadata"]!["namespace"]!,
        },
        ["data"] = new JsonObject { ["policy.dsse.json"] = Policy },
    };

    /// <summary>A namespace where the API server admits restricted pods only.</summary>
    public static JsonObject Namespace(string name) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Namespace",
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["labels"] = new JsonObject { ["pod-security.kubernetes.io/enforce"] = "restricted" },
        },
    };
}
