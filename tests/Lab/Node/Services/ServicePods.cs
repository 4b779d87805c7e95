using System.Net;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.Lab.Node.Control;

namespace ConfidentialOperator.Lab.Node.Services;

/// <summary>Which pods stand behind a Service, and where.</summary>
internal static class ServicePods
{
    /// <summary>The pods of a namespace with all labels of a selector; an empty selector selects none.</summary>
    public static IEnumerable<JsonObject> Selected(Store store, string space, JsonNode? selector)
    {
        if (selector is not JsonObject { Count: > 0 } wanted) return [];
        string text = string.Join(',', wanted.Select(pair => $"{pair.Key}={pair.Value.Scalar()}"));
        return store.List("pods", space, text).Where(pod => !Owned.IsLeaving(pod) && pod.Text("status", "podIP") is { Length: > 0 });
    }

    /// <summary>The addresses of a Service's port: those of ready pods, or of all where the Service says so.</summary>
    public static IReadOnlyList<IPEndPoint> Endpoints(Store store, JsonObject service, JsonObject port)
    {
        bool all = service.Find("spec", "publishNotReadyAddresses") is JsonValue flag && flag.GetValue<bool>();
        return [.. Selected(store, service.Namespace(), service.Find("spec", "selector"))
            .Where(pod => all || Conditions.Holds(pod, "Ready"))
            .OrderBy(pod => pod.Name(), StringComparer.Ordinal)
            .Select(pod => (Address: pod.Text("status", "podIP")!, Port: TargetPort(pod, port)))
            .Where(target => target.Port > 0)
            .Select(target => new IPEndPoint(IPAddress.Parse(target.Address), target.Port))];
    }

    /// <summary>The port in a pod: a number, or the name of a container's port; zero when the pod has no such port.</summary>
    public static int TargetPort(JsonObject pod, JsonObject port)
    {
        JsonNode? target = port["targetPort"] ?? port["port"];
        if (target.AsText() is not { } name) return (int)(target.Integer() ?? 0);
        return (int)(pod.Items("spec", "containers").SelectMany(container => container.Items("ports"))
            .FirstOrDefault(candidate => candidate.Text("name") == name).Integer("containerPort") ?? 0);
    }
}
