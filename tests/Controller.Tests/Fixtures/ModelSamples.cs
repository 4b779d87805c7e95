using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Rendering.Yaml;

namespace ConfidentialOperator.Controller.Tests.Fixtures;

/// <summary>Objects that tests begin with.</summary>
internal static class ModelSamples
{
    /// <summary>Gets the example for SEV-SNP, fetched from a folder and with the broker of the test.</summary>
    public static JsonObject Snp(Uri broker, string name = TestCluster.Model)
    {
        Assert.True(YamlReader.TryRead(RepositoryFiles.Example("snp"), out IReadOnlyList<JsonNode> documents, out _));
        JsonObject model = documents.OfType<JsonObject>().Single();
        model["metadata"]!["name"] = name;
        model["spec"]!["model"]!["uri"] = "file:///models/triage-notes";
        model["spec"]!["attestation"]!["keyBroker"]!["url"] = broker.ToString();
        return model;
    }

    public static JsonObject Pod(string pod, string model) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject
        {
            ["name"] = pod,
            ["namespace"] = TestCluster.Space,
            ["labels"] = new JsonObject
            {
                ["app.kubernetes.io/instance"] = model,
                ["app.kubernetes.io/managed-by"] = "confidential-operator",
                ["app.kubernetes.io/name"] = "confidential-model",
            },
        },
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "inference", ["image"] = "example/inference" }) },
    };

    public static JsonObject RolledOut(long generation, int replicas) => new()
    {
        ["observedGeneration"] = generation,
        ["replicas"] = replicas,
        ["updatedReplicas"] = replicas,
        ["readyReplicas"] = replicas,
        ["availableReplicas"] = replicas,
    };

    public static ReplicaAttestation Outcome(string replica, string outcome = "Released", string reason = "KeyReleased", string message = "The resource was released.") => new()
    {
        Replica = replica,
        Outcome = outcome,
        Reason = reason,
        Message = message,
        Measurement = new string('a', 96),
        InitDataSha256 = new string('b', 64),
        Tcb = "bl 3, tee 0, snp 8, ucode 115",
        TeeKind = "Snp",
        At = 1_700_000_000,
    };
}
