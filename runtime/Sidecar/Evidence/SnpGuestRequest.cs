using System.Buffers.Binary;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Sidecar.Evidence;

/// <summary>The structures of Linux's <c>sev-guest.h</c>, as bytes in native order of x86-64.</summary>
internal static class SnpGuestRequest
{
    /// <summary><c>_IOWR('S', 0, struct snp_guest_request_ioctl)</c>.</summary>
    public const ulong GetReport = 0xC020_5300;

    /// <summary><c>_IOWR('S', 2, struct snp_guest_request_ioctl)</c>.</summary>
    public const ulong GetExtendedReport = 0xC020_5302;

    /// <summary>The size of <c>struct snp_guest_request_ioctl</c>: version, padding, two addresses, the host's error.</summary>
    public const int RequestSize = 32;

    /// <summary>The size of <c>struct snp_report_req</c>.</summary>
    public const int ReportRequestSize = 96;

    /// <summary>The size of <c>struct snp_ext_report_req</c>.</summary>
    public const int ExtendedRequestSize = 112;

    /// <summary>The size of <c>struct snp_report_resp</c>.</summary>
    public const int ResponseSize = 4000;

    private const int ReportAt = 32;

    /// <summary>Writes the outer structure.</summary>
    public static void WriteRequest(Span<byte> place, ulong request, ulong response)
    {
        place.Clear();
        place[0] = 1;
        BinaryPrimitives.WriteUInt64LittleEndian(place[8..], request);
        BinaryPrimitives.WriteUInt64LittleEndian(place[16..], response);
    }

    /// <summary>Returns the host's part of the error.</summary>
    public static uint HostError(ReadOnlySpan<byte> request) => BinaryPrimitives.ReadUInt32LittleEndian(request[28..]);

    /// <summary>Writes the question, for VMPL 0.</summary>
    public static void WriteReportRequest(Span<byte> place, ByteString reportData)
    {
        place.Clear();
        reportData.Span.CopyTo(place);
    }

    /// <summary>Writes the question together with the place for certificates.</summary>
    public static void WriteExtendedRequest(Span<byte> place, ByteString reportData, ulong certificates, uint length)
    {
        WriteReportRequest(place, reportData);
        BinaryPrimitives.WriteUInt64LittleEndian(place[ReportRequestSize..], certificates);
        BinaryPrimitives.WriteUInt32LittleEndian(place[(ReportRequestSize + 8)..], length);
    }

    /// <summary>Reads the firmware's answer: status, size, 24 reserved bytes, report. Empty when the firmware refused.</summary>
    public static ReadOnlySpan<byte> ReadResponse(ReadOnlySpan<byte> response, out uint status)
    {
        status = BinaryPrimitives.ReadUInt32LittleEndian(response);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(response[4..]);
        return status == 0 && size == SnpEvidence.ReportSize ? response.Slice(ReportAt, SnpEvidence.ReportSize) : [];
    }
}
