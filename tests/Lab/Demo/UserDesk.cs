using ConfidentialOperator.Lab.Hosting;
using ConfidentialOperator.Lab.Node.Services;

namespace ConfidentialOperator.Lab.Demo;

/// <summary>What a user does with <c>cfm</c>: they have the owner's public key, the signed policy, and a caller's key.</summary>
internal sealed class UserDesk(LabCluster cluster, OwnerDesk owner)
{
    private const int Port = 80;

    public Task<Uri> EndpointAsync(string model, CancellationToken cancellationToken) => cluster.EndpointAsync(OwnerDesk.Namespace, model, Port, cancellationToken);

    /// <summary>The wire between users and a model's guests.</summary>
    public ServiceForwarder Wire(string model) => cluster.Node.Forwarder(OwnerDesk.Namespace, model, Port)
        ?? throw new LabException($"The Service {model} has no forwarder.");

    /// <summary>By what a client believes a model's guests.</summary>
    public string[] Trust(string model) => ["--policy", owner.Policy(model), "--owner", owner.OwnerPublicKey, "--development-root", cluster.DevelopmentRoot];

    public async Task<ToolResult> VerifyAsync(string model, CancellationToken cancellationToken, params string[] more) =>
        await cluster.Tools.CfmAsync(cancellationToken, ["verify", (await EndpointAsync(model, cancellationToken)).ToString(), .. Trust(model), .. more]);

    /// <summary>Asks a model's policy to accept some endpoint, and then the question.</summary>
    public Task<ToolResult> ChatAsync(string model, Uri endpoint, string question, CancellationToken cancellationToken, params string[] more) =>
        cluster.Tools.CfmAsync(cancellationToken,
            ["chat", question, "--endpoint", endpoint.ToString(), .. Trust(model), "--api-key", owner.CallerKey, "--temperature", "0", .. more]);

    public async Task<ToolResult> EmbedAsync(string model, string query, string[] sentences, CancellationToken cancellationToken) =>
        await cluster.Tools.CfmAsync(cancellationToken,
            ["embed", query, .. sentences, "--endpoint", (await EndpointAsync(model, cancellationToken)).ToString(),
                .. Trust(model), "--api-key", owner.CallerKey, "--output", "json"]);
}
