using System.Runtime.InteropServices;

namespace ConfidentialOperator.Lab.Node.Processes;

/// <summary>Signals to one process that the Lab started, or to the session that it leads, by its id.</summary>
internal static class Signals
{
    public const int Terminate = 15;
    public const int Kill = 9;

    /// <summary>Sends a signal; false when there is no such process.</summary>
    public static bool Send(int processId, int signal) => processId > 1 && NativeKill(processId, signal) == 0;

    /// <summary>Kills whatever a process has left behind in its session.</summary>
    public static void KillSession(int processId)
    {
        if (processId > 1) _ = NativeKill(-processId, Kill);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeKill(int processId, int signal);
}
