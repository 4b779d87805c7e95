using System.Runtime.CompilerServices;

namespace ConfidentialOperator.Attestation.Tests.Running;

/// <summary>The folder of what others made, recorded evidence and programs, beside the repository or where CONFIDENTIAL_SHARED says.</summary>
internal static class SharedFolder
{
    /// <summary>Returns the recorded evidence; a test that needs it is skipped without it, and fails where everything must be there.</summary>
    public static string Vectors() => Find("vectors", "RECORDED EVIDENCE IS NOT TESTED");

    /// <summary>Returns a program of the peers, in the same way.</summary>
    public static string Peer(string program) => Find(Path.Combine("peers", program), "PEERS ARE NOT ASKED");

    /// <summary>Returns firmware images and what launches with them measure, in the same way.</summary>
    public static string Firmware() => Find("firmware", "MEASUREMENTS ARE NOT COMPARED");

    private static string Find(string part, string loss, [CallerFilePath] string file = "")
    {
        string? given = Environment.GetEnvironmentVariable("CONFIDENTIAL_SHARED");
        string? found = (string.IsNullOrEmpty(given) ? Ancestors(file).Concat(Ancestors(AppContext.BaseDirectory)).Select(folder => Path.Combine(folder, "shared")) : [given])
            .Select(folder => Path.Combine(folder, part)).FirstOrDefault(Path.Exists);
        if (found is null)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", $"{loss}: there is no folder 'shared' with '{part}' beside the repository; set CONFIDENTIAL_SHARED.");
            Assert.Fail($"'{part}' must be there: set CONFIDENTIAL_SHARED.");
        }

        return found;
    }

    private static IEnumerable<string> Ancestors(string start)
    {
        for (string? folder = Path.GetDirectoryName(start); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }
}
