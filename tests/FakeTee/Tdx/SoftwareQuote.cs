using System.Buffers.Binary;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.FakeTee.Tdx;

/// <summary>The content of a quote: what a test wants to say.</summary>
public sealed record SoftwareQuote
{
    /// <summary>Gets the version of the layout; 4 has a report of TDX 1.0 always.</summary>
    public int Version { get; init; } = 5;

    /// <summary>Gets whether the report is of TDX 1.5.</summary>
    public bool Is15 { get; init; } = true;

    /// <summary>Gets the vendor of the quoting enclave in hex; null for Intel.</summary>
    public string? QeVendor { get; init; }

    /// <summary>Gets TEE_TCB_SVN.</summary>
    public string TeeTcbSvn { get; init; } = "0b010400000000000000000000000000";

    /// <summary>Gets TEE_TCB_SVN2.</summary>
    public string TeeTcbSvn2 { get; init; } = "0d010400000000000000000000000000";

    /// <summary>Gets TDATTRIBUTES; by default SEPT_VE_DISABLE alone.</summary>
    public ulong Attributes { get; init; } = 1UL << 28;

    /// <summary>Gets XFAM.</summary>
    public ulong Xfam { get; init; } = 0x602E7;

    /// <summary>Gets MRTD, 48 bytes.</summary>
    public ByteString MrTd { get; init; } = Fill(0x11);

    /// <summary>Gets MRCONFIGID, 48 bytes or fewer: zeros are put behind.</summary>
    public ByteString MrConfigId { get; init; } = ByteString.Empty;

    /// <summary>Gets REPORTDATA, 64 bytes or fewer.</summary>
    public ByteString ReportData { get; init; } = ByteString.Empty;

    /// <summary>Gets the four runtime measurement registers.</summary>
    public IReadOnlyList<ByteString> Rtmr { get; init; } = [Fill(0x20), Fill(0x21), Fill(0x22), Fill(0x23)];

    /// <summary>Gets a change of the report's bytes before they are signed.</summary>
    public Action<byte[]>? Report { get; init; }

    /// <summary>Gets a change of the quoting enclave's report before it is signed.</summary>
    public Action<byte[]>? QeReport { get; init; }

    /// <summary>Gets what the quoting enclave binds besides its key.</summary>
    public byte[] AuthenticationData { get; init; } = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];

    /// <summary>Gets the type of the certification data.</summary>
    public int CertificationType { get; init; } = 5;

    /// <summary>Gets a change of the certificates in PEM.</summary>
    public Func<byte[], byte[]>? Certificates { get; init; }

    /// <summary>Gets a change after everything is signed.</summary>
    public Action<byte[]>? Altered { get; init; }

    /// <summary>Returns 48 bytes of one value.</summary>
    public static ByteString Fill(byte value) => new([.. Enumerable.Repeat(value, 48)]);

    internal byte[] ToReport()
    {
        byte[] report = new byte[Version == 4 || !Is15 ? 584 : 648];
        Convert.FromHexString(TeeTcbSvn).CopyTo(report, 0);
        Fill(0x5E).Span.CopyTo(report.AsSpan(16));
        BinaryPrimitives.WriteUInt64LittleEndian(report.AsSpan(120), Attributes);
        BinaryPrimitives.WriteUInt64LittleEndian(report.AsSpan(128), Xfam);
        MrTd.Span.CopyTo(report.AsSpan(136));
        MrConfigId.Span.CopyTo(report.AsSpan(184));
        for (int register = 0; register < Rtmr.Count; register++)
        {
            Rtmr[register].Span.CopyTo(report.AsSpan(328 + (48 * register)));
        }

        ReportData.Span.CopyTo(report.AsSpan(520));
        if (report.Length == 648)
        {
            Convert.FromHexString(TeeTcbSvn2).CopyTo(report, 584);
        }

        Report?.Invoke(report);
        return report;
    }
}
