using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Attestation;

/// <summary>
/// Report data of TEEs that carry it without its final zeros: Confidential Containers puts a digest of 48 bytes where the processors have 64 bytes. Zeros are
/// put back, so that one comparison serves all TEEs.
/// </summary>
internal static class PaddedReportData
{
    /// <summary>Returns the 64 bytes; what is longer stays as it is, and equals nothing that is asked for.</summary>
    public static ByteString Of(ReadOnlySpan<byte> given)
    {
        if (given.Length >= ReportBinding.Size)
        {
            return new ByteString(given);
        }

        Span<byte> padded = stackalloc byte[ReportBinding.Size];
        padded.Clear();
        given.CopyTo(padded);
        return new ByteString(padded);
    }
}
