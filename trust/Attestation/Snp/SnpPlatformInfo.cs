namespace ConfidentialOperator.Attestation.Snp;

// SEV-SNP ABI specification (AMD publication 56860), PLATFORM_INFO.
//   bits   field
//      0   SMT_EN                     SMT is on
//      1   TSME_EN                    all memory is encrypted
//      2   ECC_EN                     memory has error correction
//      3   RAPL_DIS                   the processor's power cannot be measured
//      4   CIPHERTEXT_HIDING_DRAM_EN  the host cannot read ciphertext of guests
//      5   ALIAS_CHECK_COMPLETE       no two addresses lead to one place in memory
//      6   IOMMU_WRITE_SAFE           the IOMMU keeps devices from writing where they may not (Turin)
//      7   SEV_TIO_EN                 guests may have trusted devices
//   63:8   reserved

/// <summary>What the machine was like when it made the report.</summary>
/// <param name="Value">The 64 bits.</param>
public readonly record struct SnpPlatformInfo(ulong Value)
{
    private const int FirstUnknown = 8;

    /// <summary>Gets whether SMT is on.</summary>
    public bool HasSmt => Bit(0);

    /// <summary>Gets whether all memory is encrypted.</summary>
    public bool HasTsme => Bit(1);

    /// <summary>Gets whether memory has error correction.</summary>
    public bool HasEcc => Bit(2);

    /// <summary>Gets whether the processor's power cannot be measured.</summary>
    public bool DisablesRapl => Bit(3);

    /// <summary>Gets whether the host cannot read the ciphertext of guests.</summary>
    public bool HidesCiphertext => Bit(4);

    /// <summary>Gets whether memory was checked for aliases since the last reset, and none was found.</summary>
    public bool ChecksAliases => Bit(5);

    /// <summary>Gets whether the IOMMU keeps devices from writing where they may not.</summary>
    public bool HasSafeIommu => Bit(6);

    /// <summary>Gets whether guests may have trusted devices.</summary>
    public bool HasTio => Bit(7);

    /// <summary>Gets the flags that the specification does not name.</summary>
    public ulong Unknown => Value >> FirstUnknown << FirstUnknown;

    /// <summary>Returns the bits in hex.</summary>
    public override string ToString() => $"0x{Value:x}";

    private bool Bit(int number) => (Value >> number & 1) != 0;
}
