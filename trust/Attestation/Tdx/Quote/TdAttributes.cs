using System.Globalization;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>TDATTRIBUTES: what a trust domain was launched with.</summary>
/// <param name="Bits">The bits.</param>
public readonly record struct TdAttributes(ulong Bits)
{
    private const ulong DebugBit = 1;
    private const ulong SeptVeDisableBit = 1UL << 28;
    private const ulong MigratableBit = 1UL << 29;
    private const ulong PksBit = 1UL << 30;
    private const ulong KeyLockerBit = 1UL << 31;
    private const ulong PerfmonBit = 1UL << 63;
    private const ulong Known = DebugBit | SeptVeDisableBit | MigratableBit | PksBit | KeyLockerBit | PerfmonBit;

    /// <summary>Gets whether the host may read the guest: DEBUG.</summary>
    public bool IsDebug => (Bits & DebugBit) != 0;

    /// <summary>Gets whether exceptions for pages that the host took away are off: SEPT_VE_DISABLE.</summary>
    public bool IsSeptVeDisabled => (Bits & SeptVeDisableBit) != 0;

    /// <summary>Gets whether it may be migrated: MIGRATABLE.</summary>
    public bool IsMigratable => (Bits & MigratableBit) != 0;

    /// <summary>Gets whether it may use supervisor protection keys: PKS.</summary>
    public bool HasPks => (Bits & PksBit) != 0;

    /// <summary>Gets whether it may use Key Locker: KL.</summary>
    public bool HasKeyLocker => (Bits & KeyLockerBit) != 0;

    /// <summary>Gets whether it may use performance counters: PERFMON.</summary>
    public bool HasPerfmon => (Bits & PerfmonBit) != 0;

    /// <summary>Gets the bits that have no known meaning.</summary>
    public ulong Reserved => Bits & ~Known;

    /// <inheritdoc/>
    public override string ToString() => "0x" + Bits.ToString("x16", CultureInfo.InvariantCulture);
}
