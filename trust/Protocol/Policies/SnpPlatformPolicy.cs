namespace ConfidentialOperator.Protocol.Policies;

/// <summary>Demands on the machine when it made the report (PLATFORM_INFO of the SEV-SNP ABI).</summary>
public sealed record SnpPlatformPolicy
{
    /// <summary>Gets whether SMT may be on.</summary>
    public required bool SmtAllowed { get; init; }

    /// <summary>Gets whether all memory must be encrypted, the host's as well (TSME).</summary>
    public required bool TsmeRequired { get; init; }

    /// <summary>Gets whether memory must have error correction.</summary>
    public required bool EccRequired { get; init; }

    /// <summary>Gets whether nobody must be able to measure the processor's power.</summary>
    public required bool RaplDisabledRequired { get; init; }

    /// <summary>Gets whether the host must not be able to read the ciphertext of guests' memory.</summary>
    public required bool CiphertextHidingRequired { get; init; }

    /// <summary>Gets whether memory must have been checked for addresses that lead to one place (a defence against altered memory modules).</summary>
    public required bool AliasCheckRequired { get; init; }

    /// <summary>Gets whether the IOMMU must keep devices from writing where they may not.</summary>
    public required bool IommuWriteSafeRequired { get; init; }

    /// <summary>Gets whether guests may have devices that are trusted (SEV-TIO).</summary>
    public required bool TioAllowed { get; init; }

    /// <summary>Gets whether flags that the specification does not name may be set.</summary>
    public required bool UnknownFlagsAllowed { get; init; }
}
