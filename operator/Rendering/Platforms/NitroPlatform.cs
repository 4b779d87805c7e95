using System.Text.Json.Nodes;
using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Rendering.Platforms;

/// <summary>
/// AWS Nitro Enclaves through the device plug-in: the pod is the parent that starts the enclave, so there is no RuntimeClass, and the
/// enclave's memory is huge pages of the node.
/// </summary>
internal sealed class NitroPlatform : IPlatform
{
    private const string HugePages = "hugepages-2Mi";

    /// <inheritdoc/>
    public string Type => TeeSpec.Nitro;

    /// <inheritdoc/>
    public PodLayout Arrange(ModelFacts facts, PodLayout pod) => pod with
    {
        NodeSelector = new Dictionary<string, string>(pod.NodeSelector) { ["aws-nitro-enclaves-k8s-dp"] = "enabled" },
        Containers = [.. pod.Containers.Select(container => container.Name == Names.InferenceContainer ? WithEnclave(container) : container)],
        Volumes = [.. pod.Volumes, new VolumeLayout("hugepages", new JsonObject { ["emptyDir"] = new JsonObject { ["medium"] = "HugePages" } })],
    };

    private static ContainerLayout WithEnclave(ContainerLayout container)
    {
        Dictionary<string, string> enclave = new()
        {
            ["aws.ec2.nitro/nitro_enclaves"] = "1",
            [HugePages] = container.Limits["memory"],
        };
        return container with
        {
            Limits = Merge(container.Limits, enclave),
            Requests = Merge(container.Requests, enclave),
            Mounts = [.. container.Mounts, new MountLayout("hugepages", "/dev/hugepages", ReadOnly: false)],
        };
    }

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> first, IReadOnlyDictionary<string, string> second)
    {
        Dictionary<string, string> merged = new(first);
        foreach ((string name, string value) in second)
        {
            merged[name] = value;
        }

        return merged;
    }
}
