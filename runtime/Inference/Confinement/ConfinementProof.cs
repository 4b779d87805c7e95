using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Confinement;

/// <summary>Tries what must not work. A process that fails one of these gets no model and no key.</summary>
internal static class ConfinementProof
{
    private const int GetDumpable = 3;
    private const int SocketLevel = 1;
    private const int SocketFamily = 39;
    private const int StreamType = 1;
    private const int RawType = 3;

    private static readonly (string Name, int Family, int Type)[] s_families =
    [
        ("AF_INET", 2, StreamType), ("AF_INET6", 10, StreamType), ("AF_NETLINK", 16, RawType), ("AF_PACKET", 17, RawType), ("AF_VSOCK", 40, StreamType),
    ];

    /// <summary>Returns null when everything that must fail has failed.</summary>
    public static Refusal? Try() => SystemCalls.Current is { } calls
        ? Sockets() ?? Calls(calls) ?? Threads() ?? Inherited() ?? Dumps() ?? Diagnostics()
        : Refused("This processor or system has no filter of system calls here; run on Linux on x86-64 or arm64.");

    private static Refusal? Sockets()
    {
        foreach ((string name, int family, int type) in s_families)
        {
            int descriptor = Native.Socket(family, type, 0);
            if (descriptor >= 0)
            {
                _ = Native.Close(descriptor);
                return Refused($"A socket of family {name} could be opened; it must be refused before a key is taken.");
            }

            if (System.Runtime.InteropServices.Marshal.GetLastPInvokeError() is var error and not Native.OperationNotPermitted)
            {
                return Refused($"A socket of family {name} was refused with error {error}, not by the filter.");
            }
        }

        return null;
    }

    // With these arguments each call fails, or does nothing, also where it is allowed; only the error tells.
    private static Refusal? Calls(SystemCalls calls)
    {
        const nint peek = 2;
        foreach ((string name, int number) in calls.Tried)
        {
            long result = Native.SystemCall(number, name == "ptrace" ? peek : 0, 0, 0, 0, 0, 0);
            if (result != -1 || System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != Native.OperationNotPermitted)
            {
                return Refused($"The system call {name} is not refused by the filter.");
            }
        }

        return null;
    }

    private static Refusal? Threads()
    {
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            string[] lines;
            try
            {
                lines = File.ReadAllLines(Path.Combine(task, "status"));
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
                continue;
            }

            if (!Has(lines, "Seccomp", "2") || !Has(lines, "NoNewPrivs", "1"))
            {
                return Refused("A thread of the process runs without the filter.");
            }
        }

        return null;
    }

    private static bool Has(string[] lines, string name, string value) =>
        lines.Any(line => line.StartsWith(name + ":", StringComparison.Ordinal) && line[(name.Length + 1)..].Trim() == value);

    // A filter cannot see a socket that was there before it.
    private static Refusal? Inherited()
    {
        foreach (string entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            int length = sizeof(int);
            if (int.TryParse(Path.GetFileName(entry), out int descriptor)
                && Native.GetSocketOption(descriptor, SocketLevel, SocketFamily, out int family, ref length) == 0
                && family != SeccompFilter.UnixFamily)
            {
                return Refused($"The process holds a socket of family {family} since its start; start it without.");
            }
        }

        return null;
    }

    private static Refusal? Dumps()
    {
        bool none = Native.ProcessControl(GetDumpable, 0, 0, 0, 0) == 0
            && Native.GetLimit(ProcessHardening.CoreSize, out ResourceLimit limit) == 0 && limit.Maximum == 0;
        return none ? null : Refused("The process could leave a core dump or be read by a debugger.");
    }

    private static Refusal? Diagnostics() => Environment.GetEnvironmentVariable("DOTNET_EnableDiagnostics") == "0"
        ? null : Refused("The runtime's diagnostics port is open; set DOTNET_EnableDiagnostics=0.");

    private static Refusal Refused(string message) => new(RefusalReason.NetworkNotConfined, message);
}
