namespace ConfidentialOperator.Protocol.Policies;

/// <summary>What an owner demands of a trust domain's attributes. Debugging and reserved bits are refused whatever it says.</summary>
public sealed record TdxAttributesPolicy
{
    /// <summary>Gets whether SEPT_VE_DISABLE must be set: without it, the host can send the guest exceptions for pages that it took away.</summary>
    public required bool SeptVeDisableRequired { get; init; }

    /// <summary>Gets whether MIGRATABLE may be set: then a migration domain can read the guest.</summary>
    public required bool MigratableAllowed { get; init; }

    /// <summary>Gets whether PERFMON may be set: counters that a guest can use, and that leak more.</summary>
    public required bool PerfmonAllowed { get; init; }

    /// <summary>Gets whether KL (Key Locker) may be set.</summary>
    public required bool KeyLockerAllowed { get; init; }

    /// <summary>Gets whether PKS (supervisor protection keys) may be set.</summary>
    public required bool PksAllowed { get; init; }
}
