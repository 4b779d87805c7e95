using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Rendering.Platforms;

/// <summary>
/// NVIDIA GPUs in confidential mode on top of SEV-SNP or TDX: another RuntimeClass with a larger machine, the GPU as an extended
/// resource of the inference container, and only nodes whose GPUs are switched to confidential mode.
/// </summary>
internal static class H100AddOn
{
    private const int MachineMemoryMiB = 8192;

    /// <summary>Adds the GPUs.</summary>
    public static PodLayout Arrange(GpuSpec gpu, string tee, PodLayout pod)
    {
        PodLayout guest = KataGuest.Arrange(pod, "kata-qemu-nvidia-gpu-" + tee, MachineMemoryMiB);
        return guest with
        {
            NodeSelector = new Dictionary<string, string>(guest.NodeSelector) { ["nvidia.com/cc.ready.state"] = "true" },
            Containers = [.. guest.Containers.Select(container => container.Name == Names.InferenceContainer ? WithGpu(container, gpu) : container)],
        };
    }

    private static ContainerLayout WithGpu(ContainerLayout container, GpuSpec gpu)
    {
        string resource = gpu.ResourceName ?? "nvidia.com/pgpu";
        return container with
        {
            Limits = new Dictionary<string, string>(container.Limits) { [resource] = gpu.Count.ToString() },
            Requests = new Dictionary<string, string>(container.Requests) { [resource] = gpu.Count.ToString() },
        };
    }
}
