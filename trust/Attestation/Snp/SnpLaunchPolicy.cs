namespace ConfidentialOperator.Attestation.Snp;

// SEV-SNP ABI specification (AMD publication 56860), guest policy.
//   bits   field
//    7:0   least ABI minor
//   15:8   least ABI major
//     16   SMT
//     17   reserved, one
//     18   MIGRATE_MA
//     19   DEBUG
//     20   SINGLE_SOCKET
//  25:21   CXL_ALLOW, MEM_AES_256_XTS, RAPL_DIS, CIPHERTEXT_HIDING_DRAM, PAGE_SWAP_DISABLE
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

    /// <summary>Gets whether the reserved bits are as the specification says.</summary>
    public bool IsWellFormed => Bit(17) && Value >> FirstReserved == 0;

    /// <summary>Returns the bits in hex.</summary>
    public override string ToString() => $"0x{Value:x}";

    private bool Bit(int number) => (Value >> number & 1) != 0;
}
