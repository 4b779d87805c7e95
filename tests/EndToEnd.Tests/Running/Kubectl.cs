using System.Text.Json.Nodes;

namespace ConfidentialOperator.EndToEnd.Tests.Running;

/// <summary>The cluster's own kubectl.</summary>
internal sealed class Kubectl(ClusterProcesses cluster)
{
    /// <summary>Runs a command that must succeed; returns what it printed.</summary>
    public async Task<string> RunAsync(params string[] arguments) => (await cluster.KubectlAsync(arguments)).Success();

    /// <summary>Runs a command that must succeed; returns the object that it printed.</summary>
    public async Task<JsonObject> JsonAsync(params string[] arguments) => Parse(await RunAsync([.. arguments, "-o", "json"]));

    /// <summary>Gets an object; null when there is none.</summary>
    public async Task<JsonObject?> FindAsync(string space, string resource, string name)
    {
        string text = await RunAsync("get", resource, name, "-n", space, "--ignore-not-found", "-o", "json");
        return text.Length == 0 ? null : Parse(text);
    }

    /// <summary>Applies an object on the server's side; returns what the server made of it.</summary>
    public async Task<JsonObject> ApplyAsync(JsonObject item) =>
        Parse((await cluster.KubectlAsync(["apply", "--server-side", "-o", "json", "-f", "-"], item.ToJsonString())).Success());

    /// <summary>Runs a command with an object as its input; returns how it ended.</summary>
    public Task<ToolResult> TryAsync(JsonObject input, params string[] arguments) => cluster.KubectlAsync(arguments, input.ToJsonString());

    private static JsonObject Parse(string text) => JsonNode.Parse(text)!.AsObject();
}
