using System.Runtime.CompilerServices;

namespace ConfidentialOperator.Benchmarks;

/// <summary>What others made, recorded evidence and programs: beside the repository or where CONFIDENTIAL_SHARED says.</summary>
internal static class SharedFolder
{
    /// <summary>Returns a file or folder; a benchmark that needs one that is not there is not run, and says so.</summary>
    public static string Find(string part, [CallerFilePath] string file = "")
    {
        string? given = Environment.GetEnvironmentVariable("CONFIDENTIAL_SHARED");
        IEnumerable<string> folders = string.IsNullOrEmpty(given)
            ? Ancestors(file).Concat(Ancestors(AppContext.BaseDirectory)).Select(folder => Path.Combine(folder, "shared")) : [given];
        return folders.Select(folder => Path.Combine(folder, part)).FirstOrDefault(Path.Exists)
            ?? throw new MissingReferenceException($"there is no 'shared' with '{part}' beside the repository; set CONFIDENTIAL_SHARED");
    }

    private static IEnumerable<string> Ancestors(string start)
    {
        for (string? folder = Path.GetDirectoryName(start); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }
}

/// <summary>What a benchmark is measured beside is not on this machine.</summary>
internal sealed class MissingReferenceException(string message) : Exception(message);
