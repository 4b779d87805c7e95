using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.Lab.Node.Control;

namespace ConfidentialOperator.Lab.Node;

/// <summary>What a cluster with one confidential node has before anybody applies anything.</summary>
internal static class ClusterObjects
{
    public const string NodeName = "lab-node";

    /// <summary>The RuntimeClass whose pods are software SNP guests.</summary>
    public const string SnpRuntimeClass = "kata-qemu-snp";

    private const string Manifests = $"""
        apiVersion: node.k8s.io/v1
        kind: RuntimeClass
        metadata:
          name: {SnpRuntimeClass}
        handler: {SnpRuntimeClass}
        scheduling:
          nodeSelector:
            katacontainers.io/kata-runtime: "true"
        ---
        apiVersion: v1
        kind: Node
        metadata:
          name: {NodeName}
          labels:
            kubernetes.io/hostname: {NodeName}
            kubernetes.io/os: linux
            kubernetes.io/arch: amd64
            katacontainers.io/kata-runtime: "true"
            amd.feature.node.kubernetes.io/snp: "true"
        spec: {"{}"}
        """;

    /// <summary>Writes the node and its RuntimeClass.</summary>
    public static void Write(Store store, string address, string now)
    {
        store.ApplyManifests(Manifests);
        store.ModifyStatus("nodes", null, NodeName, status =>
        {
            status["addresses"] = new JsonArray(Address("InternalIP", address), Address("Hostname", NodeName));
            status["capacity"] = Capacity();
            status["allocatable"] = Capacity();
            status["conditions"] = new JsonArray();
            Conditions.Set(status, "Ready", true, "KubeletReady", "the node runs pods as processes", now);
            status["nodeInfo"] = Information();
        });
    }

    /// <summary>Whether pods of a RuntimeClass are guests with their own hardware-signed identity.</summary>
    public static bool IsGuest(JsonObject pod) => pod.Text("spec", "runtimeClassName") == SnpRuntimeClass;

    private static JsonObject Capacity() => new()
    {
        ["cpu"] = Environment.ProcessorCount.ToString(),
        ["memory"] = $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024}Ki",
        ["pods"] = "110",
    };

    private static JsonObject Information() => new()
    {
        ["architecture"] = "amd64",
        ["bootID"] = "",
        ["containerRuntimeVersion"] = "processes://1.0.0",
        ["kernelVersion"] = Environment.OSVersion.Version.ToString(),
        ["kubeProxyVersion"] = "",
        ["kubeletVersion"] = "v1.34.0-lab",
        ["machineID"] = "",
        ["operatingSystem"] = "linux",
        ["osImage"] = "Lab",
        ["systemUUID"] = "",
    };

    private static JsonObject Address(string type, string address) => new() { ["type"] = type, ["address"] = address };
}
