using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Node.Control;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Lab.Node.Workloads;

/// <summary>Makes ReplicaSets from Deployments, and pods from ReplicaSets.</summary>
internal static class PodTemplates
{
    public const string HashLabel = "pod-template-hash";
    public const string RevisionAnnotation = "deployment.kubernetes.io/revision";

    /// <summary>A short name for a template: equal templates have equal names.</summary>
    public static string Hash(JsonNode? template) =>
        Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Serialize((template ?? new JsonObject()).DeepClone())))[..10];

    public static JsonObject ReplicaSet(JsonObject deployment, string hash, long replicas, long revision)
    {
        JsonObject template = deployment.Find("spec", "template") is JsonObject given ? given.Copy() : [];
        template.Metadata().Child("labels")[HashLabel] = hash;
        JsonObject selector = deployment.Find("spec", "selector") is JsonObject wanted ? wanted.Copy() : [];
        selector.Child("matchLabels")[HashLabel] = hash;
        return new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "ReplicaSet",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{deployment.Name()}-{hash}",
                ["namespace"] = deployment.Namespace(),
                ["labels"] = template.Metadata()["labels"]!.DeepClone(),
                ["annotations"] = new JsonObject { [RevisionAnnotation] = revision.ToString() },
                ["ownerReferences"] = Owned.Reference(deployment),
            },
            ["spec"] = new JsonObject { ["replicas"] = replicas, ["selector"] = selector, ["template"] = template },
        };
    }

    public static JsonObject Pod(JsonObject replicaSet)
    {
        JsonObject template = replicaSet.Find("spec", "template") is JsonObject given ? given.Copy() : [];
        JsonObject metadata = new()
        {
            ["name"] = $"{replicaSet.Name()}-{Suffix()}",
            ["namespace"] = replicaSet.Namespace(),
            ["ownerReferences"] = Owned.Reference(replicaSet),
        };
        foreach (string name in (string[])["labels", "annotations"])
        {
            if (template.Metadata()[name] is JsonObject values) metadata[name] = values.DeepClone();
        }

        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata, ["spec"] = template.Child("spec").DeepClone() };
    }

    private static string Suffix()
    {
        const string Letters = "bcdfghjklmnpqrstvwxz2456789";
        StringBuilder suffix = new();
        for (int i = 0; i < 5; i++) suffix.Append(Letters[RandomNumberGenerator.GetInt32(Letters.Length)]);
        return suffix.ToString();
    }
}
