namespace ConfidentialOperator.Rendering.Platforms;

/// <summary>
/// What all guests of Kata have in common. The machine's size is these annotations plus the limits of its containers; both are written
/// out, because the number of virtual processors is part of the launch measurement.
/// </summary>
internal static class KataGuest
{
    private const string Prefix = "io.katacontainers.config.hypervisor.";

    /// <summary>Makes the pod a Kata guest.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="runtimeClass">The RuntimeClass.</param>
    /// <param name="memoryMiB">The memory of the machine besides its containers.</param>
    public static PodLayout Arrange(PodLayout pod, string runtimeClass, int memoryMiB) => pod with
    {
        RuntimeClassName = runtimeClass,
        CarriesInitData = true,
        Annotations = new Dictionary<string, string>(pod.Annotations)
        {
            [Prefix + "default_memory"] = memoryMiB.ToString(),
            [Prefix + "default_vcpus"] = "1",
        },
    };
}
