using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.InitData;
using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Rendering;

/// <summary>Renders the Deployment and the budget that guards it.</summary>
internal static class DeploymentRenderer
{
    /// <summary>Renders the Deployment.</summary>
    public static JsonObject Render(ModelFacts facts, JsonObject template, InitDataDocument initData)
    {
        RolloutSpec? rollout = facts.Spec.Rollout;
        return new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "Deployment",
            ["metadata"] = ModelRenderer.Metadata(
                facts,
                facts.Name,
                new JsonObject { [Names.InitDataDigestAnnotation] = "sha256:" + initData.Sha256 }),
            ["spec"] = new JsonObject
            {
                ["progressDeadlineSeconds"] = 1800,
                ["replicas"] = facts.Replicas,
                ["revisionHistoryLimit"] = 3,
                ["selector"] = new JsonObject { ["matchLabels"] = facts.SelectorLabels() },
                ["strategy"] = new JsonObject
                {
                    ["rollingUpdate"] = new JsonObject
                    {
                        ["maxSurge"] = Amount(rollout?.MaxSurge, 1),
                        ["maxUnavailable"] = Amount(rollout?.MaxUnavailable, 0),
                    },
                    ["type"] = "RollingUpdate",
                },
                ["template"] = template,
            },
        };
    }

    /// <summary>Renders the PodDisruptionBudget: drains take one replica at a time, since each new one must be attested first.</summary>
    public static JsonObject RenderDisruptionBudget(ModelFacts facts) => new()
    {
        ["apiVersion"] = "policy/v1",
        ["kind"] = "PodDisruptionBudget",
        ["metadata"] = ModelRenderer.Metadata(facts, facts.Name),
        ["spec"] = new JsonObject
        {
            ["maxUnavailable"] = 1,
            ["selector"] = new JsonObject { ["matchLabels"] = facts.SelectorLabels() },
        },
    };

    private static JsonNode Amount(NumberOrPercent? given, int standard) =>
        given is not { } amount ? standard : int.TryParse(amount.Text, out int number) ? number : amount.Text;
}
