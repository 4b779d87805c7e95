namespace ConfidentialOperator.Rendering.Tests;

/// <summary>Where files of the repository are, and how generated ones are compared or rewritten.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Shared => Environment.GetEnvironmentVariable("SHARED_DIR") is { Length: > 0 } given
        ? given
        : FirstFolder(Path.Combine(Root, "..", "shared"), Path.Combine(Root, "shared"));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static IEnumerable<string> Examples =>
        Directory.EnumerateFiles(Path.Combine(Root, "crds", "examples"), "*.yaml").Select(path => Path.GetFileNameWithoutExtension(path)).Order();

    /// <summary>Compares with the file; with UPDATE_GOLDEN=1 the file is rewritten instead.</summary>
    public static void AssertIs(string path, string text)
    {
        string full = Path.Combine(Root, path);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, text);
        }

        Assert.True(File.Exists(full), $"{path} is missing: run `make golden` and look at the difference.");
        Assert.Equal(File.ReadAllText(full), text);
    }

    private static string FirstFolder(params string[] candidates) => candidates.FirstOrDefault(Directory.Exists) ?? candidates[0];

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ConfidentialOperator.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("ConfidentialOperator.sln was not found above the tests.");
    }
}
