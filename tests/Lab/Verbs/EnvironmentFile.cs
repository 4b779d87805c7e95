using ConfidentialOperator.Lab.Demo;
using ConfidentialOperator.Lab.Hosting;

namespace ConfidentialOperator.Lab.Verbs;

/// <summary><c>.demo/env</c>: what a shell needs to talk to a running Lab.</summary>
internal static class EnvironmentFile
{
    public static string PathOf(LabFolders folders) => Path.Combine(folders.Shared, "env");

    public static async Task WriteAsync(Stage stage, CancellationToken cancellationToken)
    {
        LabFolders folders = stage.Cluster.Folders;
        string first = stage.Names[0];
        (string Name, string Value)[] variables =
        [
            ("KUBECTL", LabTools.Kubectl(folders)),
            ("KUBECONFIG", stage.Cluster.KubeconfigPath),
            ("CFM_BROKER_URL", stage.Cluster.BrokerUrl),
            ("CFM_BROKER_CA", stage.Cluster.BrokerAuthority),
            ("CFM_PROXY_URL", stage.Proxy.Address.ToString().TrimEnd('/')),
            ("CFM_ENDPOINT_URL", (await stage.User.EndpointAsync(first, cancellationToken)).ToString().TrimEnd('/')),
            ("CFM_API_KEY", stage.Owner.CallerKey),
            ("CFM_POLICY", stage.Owner.Policy(first)),
            ("CFM_OWNER", stage.Owner.OwnerPublicKey),
            ("CFM_OWNER_KEY", stage.Owner.OwnerKey),
            ("CFM_AUDIT_KEY", stage.Cluster.AuditKey),
            ("CFM_DEVELOPMENT_ROOT", stage.Cluster.DevelopmentRoot),
            ("CFM_STATE_DIR", Path.Combine(folders.Data, "state")),
        ];
        string text = string.Concat(variables.Select(variable => $"{variable.Name}={Quoted(variable.Value)}\n"))
            + $"export {string.Join(' ', variables.Select(variable => variable.Name))}\n";
        string partial = PathOf(folders) + ".part";
        await File.WriteAllTextAsync(partial, text, cancellationToken);
        File.SetUnixFileMode(partial, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(partial, PathOf(folders), overwrite: true);
    }

    private static string Quoted(string value) => value.All(letter => char.IsAsciiLetterOrDigit(letter) || "/:._-".Contains(letter))
        ? value : $"'{value.Replace("'", "'\\''")}'";
}
