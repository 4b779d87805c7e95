using System.Buffers.Binary;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.FakeTee.Snp;

/// <summary>The content of a report: what a test wants to say. Values that belong to the chip are filled in when it signs.</summary>
public sealed record SoftwareReport
{
    /// <summary>The length of the part that is signed.</summary>
    public const int SignedLength = 0x2A0;

    /// <summary>Gets the launch measurement, 48 bytes.</summary>
    public required ByteString Measurement { get; init; }

    /// <summary>Gets the report data, 64 bytes.</summary>
    public required ByteString ReportData { get; init; }

    /// <summary>Gets HOST_DATA, 32 bytes.</summary>
    public required ByteString HostData { get; init; }

    /// <summary>Gets the version of the layout.</summary>
    public uint Version { get; init; } = 3;

    /// <summary>Gets the guest's launch policy; by default only the bit that must be one, and SMT.</summary>
    public ulong Policy { get; init; } = 0x30000;

    /// <summary>Gets the privilege level of the requester.</summary>
    public uint Vmpl { get; init; }

    /// <summary>Gets ID_KEY_DIGEST; zeros without an ID block.</summary>
    public ByteString IdKeyDigest { get; init; } = new(new byte[48]);

    /// <summary>Gets AUTHOR_KEY_DIGEST; zeros without an ID block.</summary>
    public ByteString AuthorKeyDigest { get; init; } = new(new byte[48]);

    /// <summary>Gets the reported TCB; null for the chip's.</summary>
    public SnpTcb? ReportedTcb { get; init; }

    /// <summary>Gets the committed TCB; null for the chip's.</summary>
    public SnpTcb? CommittedTcb { get; init; }

    /// <summary>Gets CHIP_ID; null for the chip's.</summary>
    public ByteString? ChipId { get; init; }

    internal byte[] ToBytes(SoftwareChip chip)
    {
        byte[] report = new byte[SnpEvidence.ReportSize];
        bool isTurin = chip.Product == SnpProduct.Turin;
        Span<byte> bytes = report;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Version);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[0x008..], Policy);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[0x030..], Vmpl);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[0x034..], 1);
        chip.Tcb.Write(bytes.Slice(0x038, SnpTcb.Size), isTurin);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[0x040..], 0x1);
        ReportData.Span.CopyTo(bytes[0x050..0x090]);
        Measurement.Span.CopyTo(bytes[0x090..0x0C0]);
        HostData.Span.CopyTo(bytes[0x0C0..0x0E0]);
        IdKeyDigest.Span.CopyTo(bytes[0x0E0..0x110]);
        AuthorKeyDigest.Span.CopyTo(bytes[0x110..0x140]);
        (ReportedTcb ?? chip.Tcb).Write(bytes.Slice(0x180, SnpTcb.Size), isTurin);
        if (Version >= 3)
        {
            (bytes[0x188], bytes[0x189], bytes[0x18A]) = Processor(chip.Product);
        }

        (ChipId ?? chip.ChipId).Span.CopyTo(bytes[0x1A0..0x1E0]);
        (CommittedTcb ?? chip.Tcb).Write(bytes.Slice(0x1E0, SnpTcb.Size), isTurin);
        (bytes[0x1E8], bytes[0x1E9], bytes[0x1EA]) = (36, 55, 1);
        (bytes[0x1EC], bytes[0x1ED], bytes[0x1EE]) = (36, 55, 1);
        chip.Tcb.Write(bytes.Slice(0x1F0, SnpTcb.Size), isTurin);
        return report;
    }

    /// <summary>Family, model and stepping of CPUID.</summary>
    private static (byte Family, byte Model, byte Stepping) Processor(SnpProduct product) => product switch
    {
        SnpProduct.Milan => (0x19, 0x01, 0x01),
        SnpProduct.Genoa => (0x19, 0x11, 0x01),
        _ => (0x1A, 0x02, 0x01),
    };
}
