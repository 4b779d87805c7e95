using System.Runtime.CompilerServices;

namespace ConfidentialOperator.Protocol.Tests.Running;

/// <summary>The folder <c>shared</c> beside the repository, or where CONFIDENTIAL_SHARED says. Without it a test is skipped, and in the pipeline it fails.</summary>
internal static class SharedFolder
{
    public static string Find(string name, [CallerFilePath] string file = "")
    {
        string? root = Environment.GetEnvironmentVariable("CONFIDENTIAL_SHARED")
            ?? Ancestors(file).Concat(Ancestors(AppContext.BaseDirectory)).Select(folder => Path.Combine(folder, "shared")).FirstOrDefault(Directory.Exists);
        string? path = root is null ? null : Path.Combine(root, name);
        if (path is not null && (File.Exists(path) || Directory.Exists(path)))
        {
            return path;
        }

        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail($"'{name}' must be there: set CONFIDENTIAL_SHARED.");
        }

        Assert.Skip($"NOT TESTED: there is no '{name}' in a folder 'shared' beside the repository; set CONFIDENTIAL_SHARED.");
        return "";
    }

    private static IEnumerable<string> Ancestors(string path)
    {
        for (string? folder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path)); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }
}
