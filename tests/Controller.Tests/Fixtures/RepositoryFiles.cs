namespace ConfidentialOperator.Controller.Tests.Fixtures;

/// <summary>Files of the repository that tests take as they are.</summary>
internal static class RepositoryFiles
{
    public static string Definition { get; } = File.ReadAllText(Path.Combine(Root(), "crds", "confidentialmodels.yaml"));

    public static string Example(string name) => File.ReadAllText(Path.Combine(Root(), "crds", "examples", name + ".yaml"));

    public static string Document(string path) => File.ReadAllText(Path.Combine(Root(), path));

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "ConfidentialOperator.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("ConfidentialOperator.sln was not found above the test.");
    }
}
