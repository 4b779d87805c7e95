using System.Buffers.Binary;

namespace ConfidentialOperator.Attestation.Measurement;

// AMD64 Architecture Programmer's Manual volume 2, table B-4 (VMSA); all numbers little-endian, all else zero.
//   offset  size  field
//   0x000  10*16  es cs ss ds fs gs gdtr ldtr idtr tr: u16 selector, u16 attributes, u32 limit, u64 base
//   0x0D0      8  EFER
//   0x148      8  CR4
//   0x158      8  CR0
//   0x160      8  DR7
//   0x168      8  DR6
//   0x170      8  RFLAGS
//   0x178      8  RIP
//   0x268      8  G_PAT
//   0x310      8  RDX           CPU signature
//   0x3B0      8  SEV_FEATURES
//   0x3E8      8  XCR0
//   0x408      4  MXCSR
//   0x410      2  X87_FCW

/// <summary>The first state of a virtual CPU, a page that the hypervisor has measured.</summary>
internal static class VirtualCpuState
{
    public const uint FirstStart = 0xffff_fff0;

    /// <summary>What EC2 and Google give for the signature of the CPU.</summary>
    private const uint UnnamedProcessor = 0x600;

    public static void Write(Span<byte> page, uint start, uint signature, ulong features, HypervisorKind hypervisor)
    {
        page.Clear();
        bool isEc2 = hypervisor == HypervisorKind.Ec2;
        bool isQemu = hypervisor == HypervisorKind.Qemu;
        WriteSegment(page, 0, 0, 0x93, 0);
        WriteSegment(page, 1, 0xf000, isEc2 && start == FirstStart ? (ushort)0x9a : (ushort)0x9b, start & 0xffff_0000);
        WriteSegment(page, 2, 0, isEc2 ? (ushort)0x92 : (ushort)0x93, 0);
        WriteSegment(page, 3, 0, 0x93, 0);
        WriteSegment(page, 4, 0, 0x93, 0);
        WriteSegment(page, 5, 0, 0x93, 0);
        WriteSegment(page, 6, 0, 0, 0);
        WriteSegment(page, 7, 0, 0x82, 0);
        WriteSegment(page, 8, 0, 0, 0);
        WriteSegment(page, 9, 0, isEc2 ? (ushort)0x83 : (ushort)0x8b, 0);
        Set(page, 0x0d0, 0x1000);
        Set(page, 0x148, 0x40);
        Set(page, 0x158, 0x10);
        Set(page, 0x160, 0x400);
        Set(page, 0x168, 0xffff_0ff0);
        Set(page, 0x170, 2);
        Set(page, 0x178, start & 0xffff);
        Set(page, 0x268, hypervisor == HypervisorKind.Gce ? 0x0007_0106UL : 0x0007_0406_0007_0406UL);
        Set(page, 0x310, isQemu ? signature : UnnamedProcessor);
        Set(page, 0x3b0, features);
        Set(page, 0x3e8, 1);
        Set(page, 0x408, isQemu ? 0x1f80UL : 0);
        Set(page, 0x410, isQemu ? 0x37fUL : 0);
    }

    private static void Set(Span<byte> page, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(page[offset..], value);

    private static void WriteSegment(Span<byte> page, int index, ushort selector, ushort attributes, uint start)
    {
        Span<byte> segment = page.Slice(index * 16, 16);
        BinaryPrimitives.WriteUInt16LittleEndian(segment, selector);
        BinaryPrimitives.WriteUInt16LittleEndian(segment[2..], attributes);
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 0xffff);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[8..], start);
    }
}
