using ConfidentialOperator.Inference.Generation;

namespace ConfidentialOperator.Inference.Tests.Generation;

/// <summary>Finds the models of the tests and reads them into memory.</summary>
internal static class TestModels
{
    public static string Root { get; } = FindRoot();

    public static string DemoFaq { get; } = Path.Combine(Root, "tests", "Models", "DemoFaq");

    public static string Wdbc { get; } = Path.Combine(Root, "tests", "Models", "Wdbc");

    /// <summary>A folder of the shared models; without it the test is skipped, and in CI it fails.</summary>
    public static string Shared(string name)
    {
        string shared = Environment.GetEnvironmentVariable("CONFIDENTIAL_SHARED") ?? Path.Combine(Root, "..", "shared");
        string folder = Path.Combine(shared, "models", name);
        if (!Directory.Exists(folder)) Missing($"The model {name} is not in the folder \"shared\" beside the repository (or CONFIDENTIAL_SHARED).");
        return folder;
    }

    public static void Missing(string reason)
    {
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", reason);
        Assert.Skip(reason);
    }

    public static ModelFiles Read(string folder, params string[] except)
    {
        var files = new ModelFiles();
        foreach (string path in Directory.GetFiles(folder))
        {
            string name = Path.GetFileName(path);
            if (except.Contains(name) || name is "golden.json" or "README.md" or "LICENSE") continue;
            Add(files, name, File.ReadAllBytes(path));
        }

        return files;
    }

    public static void Add(ModelFiles files, string name, byte[] content) => content.CopyTo(files.Add(name, content.Length));

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ConfidentialOperator.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
