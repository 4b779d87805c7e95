using System.Text.Json.Nodes;

namespace ConfidentialOperator.Lab.Hosting;

/// <summary>The programs that a person would type: <c>kubectl</c> and <c>cfm</c>, with the Lab's addresses in their environment.</summary>
internal sealed class LabTools(LabFolders folders, IReadOnlyDictionary<string, string> variables)
{
    /// <summary>The real kubectl: from the environment, the search path, or where the Makefile installs it.</summary>
    public static string Kubectl(LabFolders folders)
    {
        string search = Environment.GetEnvironmentVariable("PATH") ?? "";
        IEnumerable<string> candidates = [Environment.GetEnvironmentVariable("KUBECTL") ?? "", .. search.Split(':').Select(folder => Path.Combine(folder, "kubectl")),
            Path.Combine(folders.Tools, "kubectl")];
        return candidates.FirstOrDefault(path => path.Length > 0 && File.Exists(path))
            ?? throw new LabException("kubectl was not found: set KUBECTL to its path, or run 'make demo', which fetches it.");
    }

    public Task<ToolResult> KubectlAsync(CancellationToken cancellationToken, params string[] arguments) =>
        Tool.RunAsync(Kubectl(folders), arguments, Settings(""), cancellationToken);

    public Task<ToolResult> KubectlAsync(string input, CancellationToken cancellationToken, params string[] arguments) =>
        Tool.RunAsync(Kubectl(folders), arguments, Settings(input), cancellationToken);

    public Task<ToolResult> CfmAsync(CancellationToken cancellationToken, params string[] arguments) =>
        Tool.RunAsync(Programs.Cfm, arguments, Settings(""), cancellationToken);

    /// <summary>Runs a verb that must succeed.</summary>
    public async Task<ToolResult> NeedCfmAsync(CancellationToken cancellationToken, params string[] arguments) =>
        Need("cfm", arguments, await CfmAsync(cancellationToken, arguments));

    /// <summary>Runs a verb that must succeed and print JSON.</summary>
    public async Task<JsonObject> CfmJsonAsync(CancellationToken cancellationToken, params string[] arguments) =>
        (JsonObject)JsonNode.Parse((await NeedCfmAsync(cancellationToken, [.. arguments, "--output", "json"])).Output)!;

    /// <summary>Runs kubectl, which must succeed.</summary>
    public async Task<ToolResult> NeedKubectlAsync(CancellationToken cancellationToken, params string[] arguments) =>
        Need("kubectl", arguments, await KubectlAsync(cancellationToken, arguments));

    public async Task<ToolResult> NeedKubectlAsync(string input, CancellationToken cancellationToken, params string[] arguments) =>
        Need("kubectl", arguments, await KubectlAsync(input, cancellationToken, arguments));

    private static ToolResult Need(string name, string[] arguments, ToolResult result) => result.Code == 0 ? result
        : throw new LabException($"'{name} {string.Join(' ', arguments)}' ended with code {result.Code}: {result.All.Trim()}");

    private ToolSettings Settings(string input) => new() { Environment = Programs.Environment(variables), WorkingDirectory = folders.Data, Input = input };
}
