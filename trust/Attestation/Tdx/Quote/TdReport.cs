using System.Buffers.Binary;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

// Intel TDX module, TDREPORT as it stands in a quote; all numbers little-endian.
//   offset  size  field                 offset  size  field
//        0    16  TEE_TCB_SVN              280    48  MROWNERCONFIG
//       16    48  MRSEAM                   328    48  RTMR0
//       64    48  MRSIGNERSEAM             376    48  RTMR1
//      112     8  SEAMATTRIBUTES           424    48  RTMR2
//      120     8  TDATTRIBUTES             472    48  RTMR3
//      128     8  XFAM                     520    64  REPORTDATA
//      136    48  MRTD                     584    16  TEE_TCB_SVN2   from 1.5
//      184    48  MRCONFIGID               600    48  MRSERVICETD    from 1.5
//      232    48  MROWNER

/// <summary>What the TDX module reports about a trust domain.</summary>
public sealed class TdReport
{
    /// <summary>The size of a report of TDX 1.0.</summary>
    public const int Size10 = 584;

    /// <summary>The size of a report of TDX 1.5.</summary>
    public const int Size15 = 648;

    /// <summary>The size of a measurement: SHA-384.</summary>
    public const int MeasurementSize = 48;

    internal const int SvnSize = 16;

    private const int FirstRegister = 328;

    private readonly ReadOnlyMemory<byte> _raw;

    internal TdReport(ReadOnlyMemory<byte> raw) => _raw = raw;

    /// <summary>Gets whether it is a report of TDX 1.5.</summary>
    public bool Is15 => _raw.Length == Size15;

    /// <summary>Gets TEE_TCB_SVN: versions of what the TDX module and its loader are, when the guest was launched.</summary>
    public ByteString TeeTcbSvn => At(0, SvnSize);

    /// <summary>Gets TEE_TCB_SVN2: the versions now; null in a report 1.0.</summary>
    public ByteString? TeeTcbSvn2 => Is15 ? At(584, SvnSize) : null;

    /// <summary>Gets MRSEAM, the measurement of the TDX module.</summary>
    public ByteString MrSeam => At(16, MeasurementSize);

    /// <summary>Gets MRSIGNERSEAM; zero for a module of Intel.</summary>
    public ByteString MrSignerSeam => At(64, MeasurementSize);

    /// <summary>Gets SEAMATTRIBUTES.</summary>
    public ulong SeamAttributes => BinaryPrimitives.ReadUInt64LittleEndian(_raw.Span[112..]);

    /// <summary>Gets TDATTRIBUTES.</summary>
    public TdAttributes Attributes => new(BinaryPrimitives.ReadUInt64LittleEndian(_raw.Span[120..]));

    /// <summary>Gets XFAM as it stands in the report.</summary>
    public ByteString Xfam => At(128, 8);

    /// <summary>Gets MRTD, the launch measurement.</summary>
    public ByteString MrTd => At(136, MeasurementSize);

    /// <summary>Gets MRCONFIGID: Confidential Containers puts the digest of the initdata there.</summary>
    public ByteString MrConfigId => At(184, MeasurementSize);

    /// <summary>Gets MROWNER.</summary>
    public ByteString MrOwner => At(232, MeasurementSize);

    /// <summary>Gets MROWNERCONFIG.</summary>
    public ByteString MrOwnerConfig => At(280, MeasurementSize);

    /// <summary>Gets MRSERVICETD: the bound service domains; null in a report 1.0, which can have none.</summary>
    public ByteString? MrServiceTd => Is15 ? At(600, MeasurementSize) : null;

    /// <summary>Gets REPORTDATA.</summary>
    public ByteString ReportData => At(520, 64);

    internal ulong XfamBits => BinaryPrimitives.ReadUInt64LittleEndian(_raw.Span[128..]);

    internal ReadOnlySpan<byte> Svn => _raw.Span[..SvnSize];

    internal ReadOnlySpan<byte> Svn2 => Is15 ? _raw.Span.Slice(584, SvnSize) : default;

    internal ReadOnlySpan<byte> SeamSigner => _raw.Span.Slice(64, MeasurementSize);

    /// <summary>Returns a runtime measurement register.</summary>
    /// <param name="register">0 to 3.</param>
    public ByteString Rtmr(int register)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(register);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(register, 3);
        return At(FirstRegister + (register * MeasurementSize), MeasurementSize);
    }

    private ByteString At(int offset, int size) => new(_raw.Span.Slice(offset, size));
}
