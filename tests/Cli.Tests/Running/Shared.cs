namespace ConfidentialOperator.Cli.Tests.Running;

/// <summary>The folder of recorded evidence and other people's programs, which is no part of the repository.</summary>
internal static class Shared
{
    private static readonly string s_root = Environment.GetEnvironmentVariable("CONFIDENTIAL_SHARED") ?? Path.Combine(Repository.Root, "..", "shared");

    /// <summary>Returns a path, or skips the test loudly; where everything must be there it fails.</summary>
    public static string Find(string relative)
    {
        string path = Path.GetFullPath(Path.Combine(s_root, relative));
        if (!Path.Exists(path))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true",
                $"NOT TESTED: '{relative}' is not in a folder 'shared' beside the repository; set CONFIDENTIAL_SHARED.");
            Assert.Fail($"'{relative}' must be in the folder 'shared'.");
        }

        return path;
    }
}
