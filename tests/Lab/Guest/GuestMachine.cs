using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.Lab.Node.Containers;

namespace ConfidentialOperator.Lab.Guest;

/// <summary>
/// The virtual machine that a pod asks for: the Lab's guest image, with as many processors as the pod's annotation and limits give. Two pods of
/// one size have one measurement; what differs from model to model is in the initdata.
/// </summary>
internal static class GuestMachine
{
    private const string DefaultProcessors = "io.katacontainers.config.hypervisor.default_vcpus";
    private const string KernelParameters = "io.katacontainers.config.hypervisor.kernel_params";

    /// <summary>The launch inputs of a pod, or of a Deployment's template.</summary>
    public static LaunchInputs Of(JsonObject podOrTemplate)
    {
        JsonNode? annotations = podOrTemplate.Find("metadata", "annotations");
        int standard = int.TryParse(annotations.Text(DefaultProcessors), out int given) ? given : 1;
        decimal limits = podOrTemplate.Items("spec", "containers").Sum(container => Quantities.Limit(container, "cpu") ?? 0);
        string extra = annotations.Text(KernelParameters) is { Length: > 0 } parameters ? " " + parameters : "";
        return new LaunchInputs(SoftwareFirmware.Image, "agent.guest_components_rest_api=all" + extra, standard + (int)Math.Ceiling(limits));
    }
}
