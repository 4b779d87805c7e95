using System.Buffers.Binary;

namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>
/// The security version numbers of a processor's firmware (TCB_VERSION of the SEV-SNP ABI). Turin has a further part, FMC, and another order
/// of bytes: 0 FMC, 1 bootloader, 2 TEE, 3 SNP, 7 microcode; the products before it: 0 bootloader, 1 TEE, 6 SNP, 7 microcode.
/// </summary>
/// <param name="Fmc">Of the FMC; zero before Turin.</param>
/// <param name="Bootloader">Of the boot loader.</param>
/// <param name="Tee">Of the PSP's operating system.</param>
/// <param name="Snp">Of the SNP firmware.</param>
/// <param name="Microcode">Of the microcode.</param>
public sealed record SnpTcb(byte Fmc, byte Bootloader, byte Tee, byte Snp, byte Microcode)
{
    /// <summary>The number of bytes in a report.</summary>
    public const int Size = 8;

    /// <summary>Reads the eight bytes of a report.</summary>
    public static SnpTcb Read(ReadOnlySpan<byte> bytes, bool isTurin) => isTurin
        ? new(bytes[0], bytes[1], bytes[2], bytes[3], bytes[7])
        : new(0, bytes[0], bytes[1], bytes[6], bytes[7]);

    /// <summary>Writes the eight bytes of a report.</summary>
    public void Write(Span<byte> bytes, bool isTurin)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 0);
        ReadOnlySpan<byte> low = isTurin ? [Fmc, Bootloader, Tee, Snp] : [Bootloader, Tee];
        low.CopyTo(bytes);
        bytes[6] = isTurin ? (byte)0 : Snp;
        bytes[7] = Microcode;
    }

    /// <summary>Returns whether no part is below the same part of the other.</summary>
    public bool IsAtLeast(SnpTcb other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Fmc >= other.Fmc && Bootloader >= other.Bootloader && Tee >= other.Tee && Snp >= other.Snp && Microcode >= other.Microcode;
    }

    /// <summary>Returns the parts for people: FMC only where there is one.</summary>
    public override string ToString() =>
        (Fmc > 0 ? $"fmc {Fmc}, " : "") + $"bootloader {Bootloader}, tee {Tee}, snp {Snp}, microcode {Microcode}";
}
