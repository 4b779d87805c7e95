using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.InitData;
using ConfidentialOperator.Rendering.Admission;
using ConfidentialOperator.Rendering.Platforms;

namespace ConfidentialOperator.Rendering;

/// <summary>Renders all objects of a model. Pure: the same request gives the same bytes, in the Controller and in <c>cfm render</c>.</summary>
public static class ModelRenderer
{
    /// <summary>Renders a resource that admission has found good.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The objects.</returns>
    public static RenderedModel Render(RenderRequest request)
    {
        IReadOnlyList<Reading.FieldError> errors = ModelAdmission.Check(request.Model);
        if (errors.Count > 0)
        {
            throw new ArgumentException($"The resource is not valid: {string.Join("; ", errors)}", nameof(request));
        }

        ModelFacts facts = ModelFacts.Of(request);
        PodLayout pod = PlatformRegistry.Arrange(facts, SidecarInjector.Inject(facts, PodRenderer.Inference(facts)));
        InitDataDocument initData = InitDataRenderer.Render(facts, pod);
        return new RenderedModel
        {
            InitDataConfigMap = InitDataRenderer.RenderConfigMap(facts, initData),
            NetworkPolicy = NetworkPolicyRenderer.Render(facts),
            Service = ServiceRenderer.Render(facts),
            PeersService = ServiceRenderer.RenderPeers(facts),
            PodDisruptionBudget = DeploymentRenderer.RenderDisruptionBudget(facts),
            Deployment = DeploymentRenderer.Render(facts, PodRenderer.Template(facts, pod, initData), initData),
            InitData = initData.Text,
            InitDataDigest = initData.Sha256.ToString(),
            ModelName = facts.ModelName,
            Tenant = facts.Tenant,
            RuntimeClassName = pod.RuntimeClassName,
            Selector = facts.SelectorText,
        };
    }

    /// <summary>Makes the metadata of an owned object.</summary>
    /// <param name="facts">The model.</param>
    /// <param name="name">The object's name.</param>
    /// <param name="annotations">Its annotations; null for none.</param>
    /// <returns>The metadata.</returns>
    internal static JsonObject Metadata(ModelFacts facts, string name, JsonObject? annotations = null)
    {
        JsonObject metadata = new() { ["name"] = name, ["namespace"] = facts.Namespace, ["labels"] = facts.Labels() };
        if (annotations is not null)
        {
            metadata["annotations"] = annotations;
        }

        if (facts.OwnerReference() is { } owner)
        {
            metadata["ownerReferences"] = new JsonArray(owner);
        }

        return metadata;
    }
}
