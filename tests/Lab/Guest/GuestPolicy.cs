using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.Lab.Guest;

/// <summary>The part of the agent's policy that differs from model to model: <c>policy_data</c>, JSON behind the rules.</summary>
internal static class GuestPolicy
{
    private const string Marker = "\npolicy_data := ";

    /// <summary>Reads it; null with a fault when the policy has none. A policy that cannot be read allows nothing.</summary>
    public static IReadOnlyList<ContainerRules>? Read(string rego, out string fault)
    {
        fault = "the agent's policy has no policy_data; nothing is allowed";
        int at = rego.IndexOf(Marker, StringComparison.Ordinal);
        if (at < 0) return null;
        try
        {
            JsonNode? data = JsonNode.Parse(rego[(at + Marker.Length)..]);
            return [.. data.Items("containers").Select(Container)];
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static ContainerRules Container(JsonObject data) => new()
    {
        Name = data.Text("name") ?? "",
        Image = data.Text("image") ?? "",
        Arguments = Texts(data, "args"),
        Environment = Texts(data, "env"),
        Patterns = [.. Texts(data, "env_patterns").Select(pattern => Compile(pattern))],
        Mounts = Texts(data, "mounts"),
    };

    /// <summary>The end of a pattern is the end of the text: a line feed before it, which .NET would allow, is no end in Rego.</summary>
    private static Regex Compile(string pattern) =>
        new(pattern.EndsWith('$') ? pattern[..^1] + "\\z" : pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    private static string[] Texts(JsonObject data, string name) => [.. (data[name] as JsonArray ?? []).Select(item => item.Scalar())];
}
