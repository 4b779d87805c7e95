namespace ConfidentialOperator.Lab.Tests;

/// <summary>The repository that holds the running test, and what lies beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of shared vectors, models and peers; null when it is not there.</summary>
    public static string? Shared { get; } = FindShared();

    /// <summary>A path below the shared folder. Without it the test is skipped, and in the pipeline it fails.</summary>
    public static string NeedShared(params string[] path)
    {
        string? found = Shared is null ? null : Path.Combine([Shared, .. path]);
        bool there = found is not null && (File.Exists(found) || Directory.Exists(found));
        if (!there && Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail($"shared/{string.Join('/', path)} is not beside the repository.");
        Assert.SkipUnless(there, $"shared/{string.Join('/', path)} is not beside the repository; set CONFIDENTIAL_SHARED.");
        return found!;
    }

    private static string? FindShared()
    {
        string folder = Environment.GetEnvironmentVariable("CONFIDENTIAL_SHARED") ?? Path.Combine(Root, "..", "shared");
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "ConfidentialOperator.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("ConfidentialOperator.sln was not found above the test.");
    }
}
