namespace ConfidentialOperator.Lab.Hosting;

/// <summary>The products as they were built beside the Lab, in the same configuration.</summary>
internal static class Programs
{
    public static string Controller => Folder("Controller");

    public static string KeyBroker => Folder("KeyBroker");

    public static string Sidecar => Folder("Sidecar");

    public static string Inference => Folder("Inference");

    public static string Models => Folder("Models");

    /// <summary>The command line tool.</summary>
    public static string Cfm => Executable("Cli", "cfm");

    /// <summary>The path of a product's program.</summary>
    public static string Executable(string project, string? name = null)
    {
        string path = Path.Combine(Folder(project), name ?? $"ConfidentialOperator.{project}");
        return File.Exists(path) ? path : throw new LabException($"{path} is missing: run 'make build'.");
    }

    /// <summary>What every product needs to find the runtime, and nothing else of this process.</summary>
    public static Dictionary<string, string> Environment(params IEnumerable<KeyValuePair<string, string>> more)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = System.Environment.GetEnvironmentVariable("HOME") ?? "/",
        };
        if (DotnetRoot.Find() is { } root) environment["DOTNET_ROOT"] = root;
        foreach ((string name, string value) in more) environment[name] = value;
        return environment;
    }

    /// <summary>The same for tools that fetch packages: how this machine reaches a registry is in its environment.</summary>
    public static Dictionary<string, string> NetworkEnvironment()
    {
        Dictionary<string, string> environment = Environment();
        foreach (System.Collections.DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
        {
            string name = (string)entry.Key;
            bool network = name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase) || name.StartsWith("npm_config_", StringComparison.OrdinalIgnoreCase)
                || name is "NODE_EXTRA_CA_CERTS" or "SSL_CERT_FILE" or "SSL_CERT_DIR";
            if (network) environment[name] = (string)entry.Value!;
        }

        return environment;
    }

    private static string Folder(string project)
    {
        // artifacts/bin/PROJECT/CONFIGURATION
        DirectoryInfo own = new(AppContext.BaseDirectory.TrimEnd('/'));
        string folder = Path.Combine(own.Parent!.Parent!.FullName, project, own.Name);
        return Directory.Exists(folder) ? folder : throw new LabException($"{folder} is missing: run 'make build'.");
    }
}
