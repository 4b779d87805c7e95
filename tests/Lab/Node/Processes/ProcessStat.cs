using System.Globalization;

namespace ConfidentialOperator.Lab.Node.Processes;

/// <summary>What the kernel says of a process: its start time tells it from a later process with the same id.</summary>
internal static class ProcessStat
{
    private const int StartTimeField = 19;
    private static readonly long s_pageSize = Environment.SystemPageSize;

    /// <summary>The start time in clock ticks since boot, or null when there is no such process, or only what is left of one.</summary>
    public static long? StartTime(int processId)
    {
        // The name of the program stands in brackets and may hold anything, so the fields are counted from its end.
        string? stat = Read($"/proc/{processId}/stat");
        string[] fields = stat is null ? [] : stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields.Length > StartTimeField && fields[0] is not ("Z" or "X") ? long.Parse(fields[StartTimeField], CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The resident memory in bytes that is not a file's, which is what counts against a limit; zero when there is no such process.</summary>
    public static long PrivateBytes(int processId)
    {
        string[] fields = Read($"/proc/{processId}/statm")?.Split(' ') ?? [];
        return fields.Length < 3 ? 0 : (Number(fields[1]) - Number(fields[2])) * s_pageSize;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
