using System.Text.Json.Nodes;

namespace ConfidentialOperator.Rendering;

/// <summary>The objects of one model, as plain JSON in the order in which they are applied.</summary>
public sealed record RenderedModel
{
    /// <summary>Gets the ConfigMap with the initdata.</summary>
    public required JsonObject InitDataConfigMap { get; init; }

    /// <summary>Gets the NetworkPolicy.</summary>
    public required JsonObject NetworkPolicy { get; init; }

    /// <summary>Gets the Service that clients use.</summary>
    public required JsonObject Service { get; init; }

    /// <summary>Gets the headless Service by which replicas find each other.</summary>
    public required JsonObject PeersService { get; init; }

    /// <summary>Gets the PodDisruptionBudget.</summary>
    public required JsonObject PodDisruptionBudget { get; init; }

    /// <summary>Gets the Deployment.</summary>
    public required JsonObject Deployment { get; init; }

    /// <summary>Gets the exact text of the initdata.</summary>
    public required string InitData { get; init; }

    /// <summary>Gets the SHA-256 of the initdata in lower hex: what the hardware reports and the owner's policy lists.</summary>
    public required string InitDataDigest { get; init; }

    /// <summary>Gets the model's id for clients.</summary>
    public required string ModelName { get; init; }

    /// <summary>Gets the tenant in the key broker.</summary>
    public required string Tenant { get; init; }

    /// <summary>Gets the RuntimeClass that the cluster must have; empty when the platform needs none.</summary>
    public required string RuntimeClassName { get; init; }

    /// <summary>Gets the label selector of the pods, as text.</summary>
    public required string Selector { get; init; }

    /// <summary>Gets the digest as status shows it.</summary>
    public string InitDataDigestText => "sha256:" + InitDataDigest;

    /// <summary>Gets the pod template of the Deployment.</summary>
    public JsonObject PodTemplate => Deployment["spec"]!["template"]!.AsObject();

    /// <summary>Gets all objects in the order in which they are applied.</summary>
    public IReadOnlyList<JsonObject> Objects =>
        [InitDataConfigMap, NetworkPolicy, Service, PeersService, PodDisruptionBudget, Deployment];
}
