using System.Runtime.InteropServices;
using ConfidentialOperator.Protocol;
using Microsoft.Win32.SafeHandles;

namespace ConfidentialOperator.Sidecar.Evidence;

/// <summary>The device of SEV-SNP guests, for kernels without a report folder. It is asked for the report with the host's certificates, and then without.</summary>
internal sealed class SevGuestDevice(string path) : IEvidenceSource
{
    // The most that the kernel takes.
    private const int CertificateBytes = 16 * 1024;

    public string Name => "sev-guest";

    public Task<EvidenceOutcome> GetAsync(ByteString reportData, CancellationToken cancellationToken) =>
        File.Exists(path) ? Task.Run(() => Ask(reportData), cancellationToken) : Task.FromResult(EvidenceOutcome.Unavailable($"'{path}' is not there."));

    private EvidenceOutcome Ask(ByteString reportData)
    {
        try
        {
            using SafeFileHandle device = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            byte[] certificates = GC.AllocateArray<byte>(CertificateBytes, pinned: true);
            byte[] extended = GC.AllocateArray<byte>(SnpGuestRequest.ExtendedRequestSize, pinned: true);
            SnpGuestRequest.WriteExtendedRequest(extended, reportData, Address(certificates), CertificateBytes);
            EvidenceOutcome outcome = Ask(device, SnpGuestRequest.GetExtendedReport, extended, certificates, reportData);
            if (outcome.Refusal is null)
            {
                return outcome;
            }

            byte[] plain = GC.AllocateArray<byte>(SnpGuestRequest.ReportRequestSize, pinned: true);
            SnpGuestRequest.WriteReportRequest(plain, reportData);
            return Ask(device, SnpGuestRequest.GetReport, plain, [], reportData);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return EvidenceOutcome.Unavailable($"'{path}' cannot be opened: {exception.GetType().Name}.");
        }
    }

    private EvidenceOutcome Ask(SafeFileHandle device, ulong operation, byte[] question, byte[] certificates, ByteString reportData)
    {
        byte[] request = GC.AllocateArray<byte>(SnpGuestRequest.RequestSize, pinned: true);
        byte[] response = GC.AllocateArray<byte>(SnpGuestRequest.ResponseSize, pinned: true);
        SnpGuestRequest.WriteRequest(request, Address(question), Address(response));
        if (Native.Ioctl(device, (nuint)operation, request) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return EvidenceOutcome.Unavailable($"'{path}' refused with error {error} (host {SnpGuestRequest.HostError(request)}).");
        }

        ReadOnlySpan<byte> report = SnpGuestRequest.ReadResponse(response, out uint status);
        return report.IsEmpty
            ? EvidenceOutcome.Unavailable($"The firmware refused a report with status {status}.")
            : SnpReportData.ToEvidence($"'{path}'", report, CertificateTable.Read(certificates), reportData);
    }

    private static ulong Address(byte[] pinned) => (ulong)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);

    private static class Native
    {
        [DllImport("libc", EntryPoint = "ioctl", SetLastError = true, ExactSpelling = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Ioctl(SafeFileHandle device, nuint operation, [In, Out] byte[] request);
    }
}
