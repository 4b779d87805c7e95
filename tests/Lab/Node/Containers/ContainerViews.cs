using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Node.Images;

namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>Builds the view of a container from its pod, as kubelet and container runtime do together; pure.</summary>
internal static class ContainerViews
{
    private const string SearchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Builds the view; null with a fault when a variable cannot be had.</summary>
    public static ContainerView? Build(JsonObject pod, JsonObject container, LocalImage image, VariableSources sources, out string fault)
    {
        List<KeyValuePair<string, string>>? variables = Variables.Resolve(pod, container, sources, out fault);
        if (variables is null) return null;
        Dictionary<string, string> known = new(StringComparer.Ordinal);
        foreach ((string name, string value) in variables) known[name] = value;
        return new ContainerView
        {
            Name = container.Text("name") ?? "",
            Image = container.Text("image") ?? "",
            Arguments = [.. CommandLine(container, image).Select(argument => Variables.Expand(argument, known))],
            Environment = [SearchPath, $"HOSTNAME={pod.Name()}", .. known.Select(pair => $"{pair.Key}={pair.Value}"), .. Home(known)],
            Mounts = [.. container.Items("volumeMounts").Select(mount => mount.Text("mountPath") ?? "")],
            WorkingDirectory = container.Text("workingDir") ?? LocalImage.WorkingDirectory,
            User = Identity(pod, container, "runAsUser"),
            Group = Identity(pod, container, "runAsGroup"),
        };
    }

    /// <summary>The pod's command replaces the image's entrypoint; its arguments follow whichever it is.</summary>
    private static IEnumerable<string> CommandLine(JsonObject container, LocalImage image)
    {
        IEnumerable<string> Texts(string name) => (container[name] as JsonArray ?? []).Select(item => item.Scalar());
        return Texts("command").Any() ? Texts("command").Concat(Texts("args")) : image.Entrypoint.Concat(Texts("args"));
    }

    private static string[] Home(Dictionary<string, string> known) => known.ContainsKey("HOME") ? [] : ["HOME=/"];

    private static long Identity(JsonObject pod, JsonObject container, string name) =>
        container.Integer("securityContext", name) ?? pod.Integer("spec", "securityContext", name) ?? 0;
}
