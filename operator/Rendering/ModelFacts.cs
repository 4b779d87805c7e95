using System.Text.Json.Nodes;
using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Rendering;

/// <summary>The resource with its computed defaults: what every renderer reads.</summary>
internal sealed record ModelFacts
{
    private const string AppName = "confidential-model";
    private const string Operator = "confidential-operator";

    public required ConfidentialModel Model { get; init; }

    public required string Name { get; init; }

    public required string Namespace { get; init; }

    public required string ModelName { get; init; }

    public required string Tenant { get; init; }

    public required int Replicas { get; init; }

    public ConfidentialModelSpec Spec => Model.Spec;

    public string SelectorText => $"app.kubernetes.io/instance={Name},app.kubernetes.io/name={AppName}";

    public static ModelFacts Of(RenderRequest request)
    {
        ConfidentialModel model = request.Model;
        return new ModelFacts
        {
            Model = model,
            Name = model.Metadata.Name,
            Namespace = model.Metadata.Namespace is { Length: > 0 } given ? given : "default",
            ModelName = model.Spec.Model.Name ?? model.Metadata.Name,
            Tenant = Admission.Tenant.Of(model.Spec.Model.Confidential.ResourceId),
            Replicas = request.Replicas ?? model.Spec.Replicas ?? model.Spec.Scaling?.MinReplicas ?? 1,
        };
    }

    /// <summary>The labels by which pods are selected; they never change, because a Deployment's selector cannot.</summary>
    public JsonObject SelectorLabels() => new()
    {
        ["app.kubernetes.io/instance"] = Name,
        ["app.kubernetes.io/name"] = AppName,
    };

    public JsonObject Labels() => new()
    {
        ["app.kubernetes.io/component"] = "inference",
        ["app.kubernetes.io/instance"] = Name,
        ["app.kubernetes.io/managed-by"] = Operator,
        ["app.kubernetes.io/name"] = AppName,
        ["app.kubernetes.io/part-of"] = Operator,
        ["app.kubernetes.io/version"] = Spec.Model.ManifestDigest["sha256:".Length..][..12],
    };

    public JsonObject? OwnerReference() => Model.Metadata.Uid is not { Length: > 0 } uid ? null : new JsonObject
    {
        ["apiVersion"] = ConfidentialModel.Group + "/" + ConfidentialModel.Version,
        ["kind"] = ConfidentialModel.KindName,
        ["name"] = Name,
        ["uid"] = uid,
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };
}
