namespace ConfidentialOperator.Inference.Confinement;

/// <summary>Keeps what the process holds in its own memory: no core dump, no debugger, no page on a disk, no file for others.</summary>
internal static class ProcessHardening
{
    public const int CoreSize = 4;
    private const int LockedMemory = 8;
    private const int SetDumpable = 4;
    private const int LockCurrentFutureOnFault = 1 | 2 | 4;
    private const uint OwnerOnly = 0x3F;

    /// <summary>Applies what the kernel allows; <see cref="ConfinementProof"/> demands the parts that must hold.</summary>
    /// <returns>Whether all memory is locked. A container without the right to do so has no swap to fear in a confidential guest.</returns>
    public static bool Apply()
    {
        _ = Native.SetFileMask(OwnerOnly);
        _ = Native.ProcessControl(SetDumpable, 0, 0, 0, 0);
        _ = Native.SetLimit(CoreSize, default);

        // With a limit, a later allocation would fail for want of memory that may be locked; so this is all or nothing.
        return Native.GetLimit(LockedMemory, out ResourceLimit limit) == 0 && limit.Current == nuint.MaxValue
            && Native.LockAllMemory(LockCurrentFutureOnFault) == 0;
    }
}
