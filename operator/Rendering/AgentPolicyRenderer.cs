using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ConfidentialOperator.Rendering;

/// <summary>
/// Renders the policy of the Kata agent: the fixed rules of <c>agent-policy.rego</c> and, behind them, exactly the containers of this pod.
/// </summary>
internal static class AgentPolicyRenderer
{
    private const string Template = "ConfidentialOperator.Rendering.agent-policy.rego";

    private static readonly JsonSerializerOptions s_indented = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        IndentSize = 2,
        NewLine = "\n",
        WriteIndented = true,
    };

    /// <summary>Renders the policy.</summary>
    public static string Render(PodLayout pod)
    {
        using Stream stream = typeof(AgentPolicyRenderer).Assembly.GetManifestResourceStream(Template)!;
        using StreamReader reader = new(stream);
        JsonObject data = new() { ["containers"] = new JsonArray([.. pod.Containers.Select(Container)]) };
        return $"{reader.ReadToEnd().ReplaceLineEndings("\n")}\npolicy_data := {data.ToJsonString(s_indented)}\n";
    }

    private static JsonObject Container(ContainerLayout container) => new()
    {
        ["name"] = container.Name,
        ["image"] = container.Image,
        ["args"] = new JsonArray(container.Entrypoint),
        ["env"] = new JsonArray([.. container.Environment.Where(entry => entry.Pattern is null).Select(entry => (JsonNode)$"{entry.Name}={entry.Value}")]),
        ["env_patterns"] = new JsonArray([.. container.Environment.Where(entry => entry.Pattern is not null).Select(Pattern)]),
        ["mounts"] = new JsonArray([.. container.Mounts.Select(mount => (JsonNode)mount.Path)]),
    };

    private static JsonNode Pattern(EnvironmentEntry entry) => $"^{Regex.Escape(entry.Name)}={entry.Pattern}$";
}
