using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.InitData;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Rendering;

/// <summary>
/// Renders the initdata: the configuration that the hardware measures. It binds the guest to one model, its manifest, its resources and
/// its kind of access, and it carries the policy by which the guest's agent refuses everything but our containers.
/// </summary>
internal static class InitDataRenderer
{
    private const string Format = "confidential-operator.dev/model-binding/v1";

    /// <summary>Renders the document.</summary>
    public static InitDataDocument Render(ModelFacts facts, PodLayout pod) => InitDataDocument.Create(new Dictionary<string, string>
    {
        ["aa.toml"] = $"[token_configs]\n[token_configs.kbs]\nurl = \"{facts.Spec.Attestation.KeyBroker.Url}\"\n",
        ["cdh.toml"] = $"[kbc]\nname = \"cc_kbc\"\nurl = \"{facts.Spec.Attestation.KeyBroker.Url}\"\n",
        ["model.json"] = ModelBinding(facts),
        ["policy.rego"] = AgentPolicyRenderer.Render(pod),
    });

    /// <summary>Renders the ConfigMap by which the Sidecar reads it.</summary>
    public static JsonObject RenderConfigMap(ModelFacts facts, InitDataDocument initData) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = ModelRenderer.Metadata(facts, Names.InitData(facts.Name)),
        ["data"] = new JsonObject { [Names.InitDataKey] = initData.Text },
    };

    private static string ModelBinding(ModelFacts facts)
    {
        string?[] resources = [facts.Spec.Model.Confidential.ResourceId, facts.Spec.Access.CallersResourceId];
        return System.Text.Encoding.UTF8.GetString(CanonicalJson.Serialize(new JsonObject
        {
            ["access"] = facts.Spec.Access.Mode,
            ["format"] = Format,
            ["manifestDigest"] = facts.Spec.Model.ManifestDigest,
            ["model"] = facts.ModelName,
            ["resources"] = new JsonArray([.. resources.OfType<string>().Select(resource => (JsonNode)resource)]),
            ["tenant"] = facts.Tenant,
        })) + "\n";
    }
}
