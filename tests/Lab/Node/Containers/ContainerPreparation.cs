using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Hosting;
using ConfidentialOperator.Lab.Node.Images;
using ConfidentialOperator.Lab.Node.Pods;
using ConfidentialOperator.Lab.Node.Processes;
using ConfidentialOperator.Lab.Node.Services;

namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>
/// From a container in a pod to a process: its image is found, the guest's agent is asked, and only then are paths and names of the
/// container made those of this machine.
/// </summary>
internal sealed class ContainerPreparation(ImageStore images, NameFiles names)
{
    public ContainerPlan Prepare(JsonObject pod, JsonObject container, PodSandbox sandbox)
    {
        string reference = container.Text("image") ?? "";
        if (images.Find(reference, out string fault) is not { } image) return Refused("ErrImagePull", fault);
        if (ContainerViews.Build(pod, container, image, sandbox.Sources, out fault) is not { } view) return Refused("CreateContainerConfigError", fault);
        if (container.Items("volumeMounts").Any(mount => mount.ContainsKey("subPath") || mount.ContainsKey("subPathExpr")))
            return Refused("CreateContainerConfigError", "this node mounts whole volumes only, without subPath");
        if (sandbox.Guest?.Agent.Check(view) is { } refusal) return Refused("CreateContainerError", refusal);
        return Plan(container, image, view, sandbox);
    }

    private ContainerPlan Plan(JsonObject container, LocalImage image, ContainerView view, PodSandbox sandbox)
    {
        HostPaths paths = new(container.Items("volumeMounts").Select(mount => (mount.Text("mountPath") ?? "", sandbox.VolumeFolder(mount.Text("name") ?? ""))), image);
        string[] commandLine = [.. view.Arguments.Select(paths.Translate)];
        return new ContainerPlan
        {
            ImageId = image.Reference,
            MemoryLimit = Quantities.Limit(container, "memory"),
            Startup = Probe.Read(container, "Startup", sandbox.Address.ToString()),
            Liveness = Probe.Read(container, "Liveness", sandbox.Address.ToString()),
            Readiness = Probe.Read(container, "Readiness", sandbox.Address.ToString()),
            Order = new ProcessOrder
            {
                Program = commandLine[0],
                Arguments = commandLine[1..],
                Environment = HostEnvironment(container, view, paths, sandbox),
                WorkingDirectory = paths.Translate(view.WorkingDirectory),
                LogPath = sandbox.LogPath(view.Name),
            },
        };
    }

    /// <summary>The container's own environment, and what stands here for the machine around it.</summary>
    private Dictionary<string, string> HostEnvironment(JsonObject container, ContainerView view, HostPaths paths, PodSandbox sandbox)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        foreach (string entry in view.Environment)
        {
            int at = entry.IndexOf('=', StringComparison.Ordinal);
            environment[entry[..at]] = names.Rewrite(paths.Translate(entry[(at + 1)..]));
        }

        if (DotnetRoot.Find() is { } root) environment["DOTNET_ROOT"] = root;
        if (Quantities.Limit(container, "cpu") is { } cpu) environment["DOTNET_PROCESSOR_COUNT"] = ((int)Math.Max(1, Math.Ceiling(cpu))).ToString();
        if (sandbox.Guest is { } guest) environment["Sidecar__Evidence__GuestApiUrl"] = guest.ApiAddress.ToString();
        return environment;
    }

    private static ContainerPlan Refused(string reason, string message) => new() { Waiting = reason, Message = message };
}
