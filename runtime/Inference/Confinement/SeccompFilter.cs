using System.Runtime.InteropServices;

namespace ConfidentialOperator.Inference.Confinement;

/// <summary>
/// The filter as a program of classic BPF, and its installation on every thread. A refused call fails with EPERM; a call of another processor's
/// table ends the process.
/// </summary>
internal static unsafe class SeccompFilter
{
    public const int UnixFamily = 1;

    private const int SetNoNewPrivileges = 38;
    private const nint SetModeFilter = 1;
    private const nint AllThreads = 1;

    private const ushort Load = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfAtLeast = 0x35;
    private const ushort Return = 0x06;

    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint FirstArgumentOffset = 16;

    private const uint Allow = 0x7FFF_0000;
    private const uint Kill = 0x8000_0000;
    private const uint Refuse = 0x0005_0000 | Native.OperationNotPermitted;

    /// <summary>Installs the filter. Whether it holds is for <see cref="ConfinementProof"/> to find out; this only says whether the kernel took it.</summary>
    public static bool TryInstall(SystemCalls calls)
    {
        Instruction[] program = Build(calls);
        if (Native.ProcessControl(SetNoNewPrivileges, 1, 0, 0, 0) != 0)
        {
            return false;
        }

        fixed (Instruction* instructions = program)
        {
            var given = new Program { Length = (ushort)program.Length, Instructions = instructions };

            // A thread that cannot take the filter is told by its id, which is above zero: everything but zero is a failure.
            return Native.SystemCall(calls.Seccomp, SetModeFilter, AllThreads, (nint)(&given), 0, 0, 0) == 0;
        }
    }

    /// <summary>Returns the program.</summary>
    internal static Instruction[] Build(SystemCalls calls)
    {
        int[] refused = [.. calls.Tried.Values, .. calls.Untried];
        var program = new List<Instruction>
        {
            new(Load, 0, 0, ArchitectureOffset),
            new(JumpIfEqual, 1, 0, calls.Architecture),
            new(Return, 0, 0, Kill),
            new(Load, 0, 0, NumberOffset),
        };
        if (calls.SecondTable is { } second)
        {
            program.Add(new(JumpIfAtLeast, 0, 1, second));
            program.Add(new(Return, 0, 0, Kill));
        }

        // After the list: three instructions for socket, then allow, then refuse.
        int refuse = program.Count + refused.Length + 4;
        foreach (int number in refused)
        {
            program.Add(new(JumpIfEqual, (byte)(refuse - program.Count - 1), 0, (uint)number));
        }

        program.Add(new(JumpIfEqual, 0, 2, (uint)calls.Socket));
        program.Add(new(Load, 0, 0, FirstArgumentOffset));
        program.Add(new(JumpIfEqual, 0, 1, UnixFamily));
        program.Add(new(Return, 0, 0, Allow));
        program.Add(new(Return, 0, 0, Refuse));
        return [.. program];
    }

    /// <summary>One instruction: code, jumps if true and if false, constant.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Constant);

    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Length;
        public Instruction* Instructions;
    }
}
