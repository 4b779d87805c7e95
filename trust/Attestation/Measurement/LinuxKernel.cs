using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement;

// The Linux/x86 boot protocol (Documentation/arch/x86/boot.rst); all numbers little-endian. What QEMU writes there (hw/i386/x86-common.c) is marked with a star.
//   0x202  4  "HdrS"
//   0x206  2  version of the protocol
//   0x210  1  type of loader            * 0xb0
//   0x211  1  load flags                * bit 7, the heap can be used
//   0x218  4  address of the initrd     * as high as it may be, on a page
//   0x21c  4  size of the initrd        *
//   0x224  2  end of the heap           *
//   0x228  4  address of the command line *
//   0x22c  4  highest address of an initrd
//   0x236  2  more load flags: bit 1, an initrd may be above 4 GiB

/// <summary>The header of a Linux kernel as QEMU changes it before the firmware sees, and measures, the kernel.</summary>
internal static class LinuxKernel
{
    private const int HeaderEnd = 0x250;
    private const int LeastProtocol = 0x202;
    private const int ProtocolWithMoreFlags = 0x20c;
    private const int ProtocolWithHighestAddress = 0x203;
    private const uint RealModeAddress = 0x10000;
    private const uint CommandLineAddress = 0x20000;
    private const uint DefaultHighestAddress = 0x37ff_ffff;

    /// <summary>What QEMU keeps free below the end of low memory for ACPI tables.</summary>
    private const uint TablesSize = 0x28000;

    private const ulong LargestLowMemory = 0xb000_0000;
    private const uint LowMemoryOfLarger = 0x8000_0000;

    public static bool TryPatch(DirectBoot boot, ulong memory, [NotNullWhen(true)] out byte[]? patched, [NotNullWhen(false)] out Refusal? refusal)
    {
        patched = null;
        refusal = Check(boot.Kernel.Span);
        if (refusal is not null)
        {
            return false;
        }

        byte[] kernel = boot.Kernel.ToArray();
        kernel[0x210] = 0xb0;
        kernel[0x211] |= 0x80;
        BinaryPrimitives.WriteUInt16LittleEndian(kernel.AsSpan(0x224), (ushort)(CommandLineAddress - RealModeAddress - 0x200));
        BinaryPrimitives.WriteUInt32LittleEndian(kernel.AsSpan(0x228), CommandLineAddress);
        if (boot.Initrd is { } initrd && !TryPlace(kernel, initrd.Length, memory, out refusal))
        {
            return false;
        }

        patched = kernel;
        return true;
    }

    private static Refusal? Check(ReadOnlySpan<byte> kernel)
    {
        var image = new ImageReader(kernel);
        if (!image.Has(0, HeaderEnd) || !image.Is(0x202, "HdrS"u8))
        {
            return ImageReader.Refuse(0x202, "the kernel has no Linux boot header ('HdrS').");
        }

        return image.Half(0x206) >= LeastProtocol && (kernel[0x211] & 1) != 0 ? null
            : ImageReader.Refuse(0x206, $"the kernel speaks boot protocol 0x{image.Half(0x206):x} with load flags 0x{kernel[0x211]:x}; 0x{LeastProtocol:x} and loading high are needed.");
    }

    private static bool TryPlace(byte[] kernel, int length, ulong memory, [NotNullWhen(false)] out Refusal? refusal)
    {
        var image = new ImageReader(kernel);
        ushort protocol = image.Half(0x206);
        uint low = memory >= LargestLowMemory ? LowMemoryOfLarger : (uint)memory;
        uint most = protocol >= ProtocolWithMoreFlags && (image.Half(0x236) & 2) != 0 ? uint.MaxValue
            : protocol >= ProtocolWithHighestAddress ? image.Word(0x22c) : DefaultHighestAddress;
        most = Math.Min(most, low > TablesSize ? low - TablesSize - 1 : 0);
        if (length >= most)
        {
            refusal = new(RefusalReason.Malformed, $"The initrd of {length} bytes does not fit below address 0x{most:x} of a guest with {memory} bytes of memory.");
            return false;
        }

        refusal = null;
        BinaryPrimitives.WriteUInt32LittleEndian(kernel.AsSpan(0x218), (most - (uint)length) & ~0xfffu);
        BinaryPrimitives.WriteUInt32LittleEndian(kernel.AsSpan(0x21c), (uint)length);
        return true;
    }
}
