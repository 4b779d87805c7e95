using System.Buffers.Binary;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

// SGX enclave report (Intel SDM, REPORT structure without its key part); all numbers little-endian.
//   offset  size  field              offset  size  field
//        0    16  CPUSVN                256     2  ISVPRODID
//       16     4  MISCSELECT            258     2  ISVSVN
//       48    16  ATTRIBUTES            320    64  REPORTDATA
//       64    32  MRENCLAVE
//      128    32  MRSIGNER              the rest is reserved or of no use here

/// <summary>The report of the quoting enclave, which signs for the trust domain.</summary>
internal sealed class QeReport(ReadOnlyMemory<byte> raw)
{
    public const int Size = 384;

    public ReadOnlySpan<byte> Raw => raw.Span;

    public uint MiscSelect => BinaryPrimitives.ReadUInt32LittleEndian(raw.Span[16..]);

    public ReadOnlySpan<byte> Attributes => raw.Span.Slice(48, 16);

    public ReadOnlySpan<byte> MrSigner => raw.Span.Slice(128, 32);

    public ByteString MrEnclave => new(raw.Span.Slice(64, 32));

    public int ProductId => BinaryPrimitives.ReadUInt16LittleEndian(raw.Span[256..]);

    public int Svn => BinaryPrimitives.ReadUInt16LittleEndian(raw.Span[258..]);

    public ReadOnlySpan<byte> ReportData => raw.Span.Slice(320, 64);
}
