namespace ConfidentialOperator.Attestation.Snp;

// SEV-SNP ABI specification (AMD publication 56860), guest policy.
//   bits   field
//    7:0   least ABI minor
//   15:8   least ABI major
//     16   SMT                     the guest may run where SMT is on
//     17   reserved, one
//     18   MIGRATE_MA              a migration agent may be associated
//     19   DEBUG                   the host may read the guest's memory
//     20   SINGLE_SOCKET           the guest runs on one socket only
//     21   CXL_ALLOW               the guest may run where CXL memory or devices are
//     22   MEM_AES_256_XTS         the guest runs only with AES-256-XTS
//     23   RAPL_DIS                the guest runs only where RAPL is off
//     24   CIPHERTEXT_HIDING_DRAM  the guest runs only where ciphertext is hidden
//     25   PAGE_SWAP_DISABLE       the host cannot move or swap the guest's pages
//  63:26   reserved, zero

/// <summary>What the guest was launched with: what the host may do with it. The firmware enforces it.</summary>
/// <param name="Value">The 64 bits.</param>
public readonly record struct SnpLaunchPolicy(ulong Value)
{
    private const int FirstReserved = 26;

    /// <summary>Gets the least major version of the firmware's ABI.</summary>
    public int AbiMajor => (int)((Value >> 8) & 0xFF);

    /// <summary>Gets the least minor version of the firmware's ABI.</summary>
    public int AbiMinor => (int)(Value & 0xFF);

    /// <summary>Gets whether the guest may run where another thread shares its core.</summary>
    public bool AllowsSmt => Bit(16);

    /// <summary>Gets whether a migration agent may move the guest.</summary>
    public bool AllowsMigration => Bit(18);

    /// <summary>Gets whether the host may read the guest's memory.</summary>
    public bool AllowsDebug => Bit(19);

    /// <summary>Gets whether the guest stays on one socket.</summary>
    public bool IsSingleSocket => Bit(20);

    /// <summary>Gets whether the guest may run where memory or devices are attached by CXL.</summary>
    public bool AllowsCxl => Bit(21);

    /// <summary>Gets whether the guest runs only with AES-256-XTS.</summary>
    public bool DemandsAes256Xts => Bit(22);

    /// <summary>Gets whether the guest runs only where the processor's power cannot be measured.</summary>
    public bool DemandsRaplDisabled => Bit(23);

    /// <summary>Gets whether the guest runs only where the host cannot read ciphertext.</summary>
    public bool DemandsCiphertextHiding => Bit(24);

    /// <summary>Gets whether the host cannot move or swap the guest's pages.</summary>
    public bool DisablesPageSwap => Bit(25);

    /// <summary>Gets whether the reserved bits are as the specification says.</summary>
    public bool IsWellFormed => Bit(17) && Value >> FirstReserved == 0;

    /// <summary>Returns the bits in hex.</summary>
    public override string ToString() => $"0x{Value:x}";

    private bool Bit(int number) => (Value >> number & 1) != 0;
}
