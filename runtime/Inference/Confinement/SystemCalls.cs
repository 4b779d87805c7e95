using System.Runtime.InteropServices;

namespace ConfidentialOperator.Inference.Confinement;

/// <summary>
/// The system calls that Inference does without, by their numbers on one processor: whatever opens a network, reads or steers another process,
/// starts a program, or changes kernel, mounts or namespaces.
/// </summary>
internal sealed record SystemCalls
{
    /// <summary>Gets the processor as audit names it.</summary>
    public required uint Architecture { get; init; }

    /// <summary>Gets the first number of a second table of calls, which would pass the list by; null where there is none.</summary>
    public uint? SecondTable { get; init; }

    /// <summary>Gets <c>seccomp</c>, which installs the filter.</summary>
    public required int Seccomp { get; init; }

    /// <summary>Gets <c>socket</c>, of which only the family for Unix sockets is left.</summary>
    public required int Socket { get; init; }

    /// <summary>Gets the calls that are refused and that a test may try with arguments that do no harm.</summary>
    public required IReadOnlyDictionary<string, int> Tried { get; init; }

    /// <summary>Gets the other calls that are refused.</summary>
    public required IReadOnlyList<int> Untried { get; init; }

    /// <summary>Gets the table of the processor that runs this; null when there is none.</summary>
    public static SystemCalls? Current => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 when OperatingSystem.IsLinux() => X64,
        System.Runtime.InteropServices.Architecture.Arm64 when OperatingSystem.IsLinux() => Arm64,
        _ => null,
    };

    // Untried, in this order: io_uring_enter, io_uring_register, bpf, userfaultfd, perf_event_open, kexec_load, kexec_file_load, init_module,
    // finit_module, delete_module, mount, umount2, pivot_root, chroot, setns, unshare, keyctl, add_key, request_key, pidfd_getfd, kcmp,
    // name_to_handle_at, open_by_handle_at, open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, mount_setattr, process_madvise,
    // process_mrelease, swapon, swapoff, reboot, acct, quotactl, and on x86-64 iopl, ioperm, modify_ldt.
    public static SystemCalls X64 { get; } = new()
    {
        Architecture = 0xC000_003E,
        SecondTable = 0x4000_0000,
        Seccomp = 317,
        Socket = 41,
        Tried = Names(ptrace: 101, processRead: 310, processWrite: 311, execute: 59, executeAt: 322),
        Untried =
        [
            426, 427, 321, 323, 298, 246, 320, 175, 313, 176, 165, 166, 155, 161, 308, 272, 250, 248, 249, 438, 312,
            303, 304, 428, 429, 430, 431, 432, 433, 442, 440, 448, 167, 168, 169, 163, 179, 172, 173, 154,
        ],
    };

    public static SystemCalls Arm64 { get; } = new()
    {
        Architecture = 0xC000_00B7,
        Seccomp = 277,
        Socket = 198,
        Tried = Names(ptrace: 117, processRead: 270, processWrite: 271, execute: 221, executeAt: 281),
        Untried =
        [
            426, 427, 280, 282, 241, 104, 294, 105, 273, 106, 40, 39, 41, 51, 268, 97, 219, 217, 218, 438, 272,
            264, 265, 428, 429, 430, 431, 432, 433, 442, 440, 448, 224, 225, 142, 89, 60,
        ],
    };

    private static Dictionary<string, int> Names(int ptrace, int processRead, int processWrite, int execute, int executeAt) => new()
    {
        ["ptrace"] = ptrace,
        ["process_vm_readv"] = processRead,
        ["process_vm_writev"] = processWrite,
        ["execve"] = execute,
        ["execveat"] = executeAt,
        ["io_uring_setup"] = 425,
    };
}
