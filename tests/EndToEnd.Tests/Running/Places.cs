namespace ConfidentialOperator.EndToEnd.Tests.Running;

/// <summary>Where things are: the repository that holds the running test, and the cluster beside it.</summary>
internal static class Places
{
    public static string Root { get; } = FindRoot();

    /// <summary>Gets the program that runs the cluster; null when it is not there.</summary>
    public static string? ClusterProgram { get; } = FindCluster();

    /// <summary>Gets the Controller of the same configuration as this test: artifacts/bin/Controller beside artifacts/bin/EndToEnd.Tests.</summary>
    public static string Controller { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Controller", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "ConfidentialOperator.Controller"));

    /// <summary>Gets the folder for what this test leaves for its next run.</summary>
    public static string Scratch { get; } = Path.Combine(Root, "artifacts", "end-to-end");

    public static string InRepository(params string[] path) => Path.Combine([Root, .. path]);

    private static string? FindCluster()
    {
        string shared = Environment.GetEnvironmentVariable("CONFIDENTIAL_SHARED")
            ?? Environment.GetEnvironmentVariable("SHARED_DIR")
            ?? Path.Combine(Root, "..", "shared");
        string program = Path.GetFullPath(Path.Combine(shared, "cluster", "cluster"));
        return File.Exists(program) ? program : null;
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "ConfidentialOperator.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("ConfidentialOperator.sln was not found above the test.");
    }
}
