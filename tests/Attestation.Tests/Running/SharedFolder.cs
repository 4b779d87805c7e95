using System.Runtime.CompilerServices;

namespace ConfidentialOperator.Attestation.Tests.Running;

/// <summary>The folder of recorded evidence, beside the repository or where CONFIDENTIAL_SHARED says.</summary>
internal static class SharedFolder
{
    /// <summary>Returns the folder; a test that needs it is skipped without it, and fails where everything must be there.</summary>
    public static string Vectors([CallerFilePath] string file = "")
    {
        string? shared = Environment.GetEnvironmentVariable("CONFIDENTIAL_SHARED") ?? Ancestors(file).Concat(Ancestors(AppContext.BaseDirectory))
            .Select(folder => Path.Combine(folder, "shared")).FirstOrDefault(folder => Directory.Exists(Path.Combine(folder, "vectors")));
        if (shared is null)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true",
                "RECORDED EVIDENCE IS NOT TESTED: there is no folder 'shared' beside the repository; set CONFIDENTIAL_SHARED.");
            Assert.Fail("The recorded evidence must be there: set CONFIDENTIAL_SHARED.");
        }

        return Path.Combine(shared, "vectors");
    }

    private static IEnumerable<string> Ancestors(string start)
    {
        for (string? folder = Path.GetDirectoryName(start); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }
}
