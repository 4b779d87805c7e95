namespace ConfidentialOperator.Protocol.Policies;

/// <summary>Demands on the guest's launch policy (POLICY of the SEV-SNP ABI).</summary>
public sealed record SnpGuestPolicy
{
    /// <summary>Gets whether the guest may run on a core that shares its caches with another thread.</summary>
    public required bool SmtAllowed { get; init; }

    /// <summary>Gets whether the guest must stay on one socket.</summary>
    public required bool SingleSocketRequired { get; init; }

    /// <summary>Gets the least major version of the ABI.</summary>
    public int MinimumAbiMajor { get; init; }

    /// <summary>Gets the least minor version of the ABI, within the least major version.</summary>
    public int MinimumAbiMinor { get; init; }
}
