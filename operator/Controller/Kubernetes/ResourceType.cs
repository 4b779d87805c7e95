using System.Text.Json.Nodes;
using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>A kind of the API and where it is served.</summary>
internal sealed record ResourceType(string Group, string Version, string Plural, string Kind, bool Namespaced = true)
{
    public static readonly ResourceType ConfidentialModels =
        new(ConfidentialModel.Group, ConfidentialModel.Version, ConfidentialModel.Plural, ConfidentialModel.KindName);

    public static readonly ResourceType ConfigMaps = new("", "v1", "configmaps", "ConfigMap");
    public static readonly ResourceType Secrets = new("", "v1", "secrets", "Secret");
    public static readonly ResourceType Services = new("", "v1", "services", "Service");
    public static readonly ResourceType Pods = new("", "v1", "pods", "Pod");
    public static readonly ResourceType Events = new("", "v1", "events", "Event");
    public static readonly ResourceType Deployments = new("apps", "v1", "deployments", "Deployment");
    public static readonly ResourceType NetworkPolicies = new("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy");
    public static readonly ResourceType PodDisruptionBudgets = new("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget");
    public static readonly ResourceType Leases = new("coordination.k8s.io", "v1", "leases", "Lease");
    public static readonly ResourceType RuntimeClasses = new("node.k8s.io", "v1", "runtimeclasses", "RuntimeClass", Namespaced: false);

    /// <summary>The kinds that the Controller creates, in the order in which they are applied.</summary>
    public static readonly IReadOnlyList<ResourceType> Owned = [ConfigMaps, NetworkPolicies, Services, PodDisruptionBudgets, Deployments];

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Gets the kind of an owned object.</summary>
    public static ResourceType Of(JsonObject item) =>
        Owned.First(type => type.Kind == (string?)item["kind"] && type.ApiVersion == (string?)item["apiVersion"]);

    /// <summary>Gets the path of one object, or of the collection when no name is given.</summary>
    public string Path(string space, string name = "", string subresource = "")
    {
        string path = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
        path += space.Length > 0 ? $"/namespaces/{Uri.EscapeDataString(space)}/{Plural}" : $"/{Plural}";
        path += name.Length > 0 ? "/" + Uri.EscapeDataString(name) : "";
        return subresource.Length > 0 ? $"{path}/{subresource}" : path;
    }
}
