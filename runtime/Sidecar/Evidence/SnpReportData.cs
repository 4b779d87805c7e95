using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Sidecar.Evidence;

/// <summary>The two fields of an SEV-SNP report that the Sidecar looks at. Whether the report is authentic is for those to judge who rely on it.</summary>
internal static class SnpReportData
{
    private const int ReportData = 0x50;
    private const int Measurement = 0x90;

    /// <summary>Turns a report and its certificates into evidence, unless the report answers another question.</summary>
    public static EvidenceOutcome ToEvidence(string source, ReadOnlySpan<byte> report, IReadOnlyList<SnpCertificate> certificates, ByteString expected)
    {
        if (report.Length != SnpEvidence.ReportSize)
        {
            return EvidenceOutcome.Unavailable($"{source} gave a report of {report.Length} bytes instead of {SnpEvidence.ReportSize}.");
        }

        if (!Answers(report, expected))
        {
            return EvidenceOutcome.Unavailable($"{source} gave a report over other data than it was asked for.");
        }

        byte[] json = new SnpEvidence { Report = new ByteString(report), Certificates = certificates }.ToJson();
        return EvidenceOutcome.Of(json, MeasurementOf(report));
    }

    public static bool Answers(ReadOnlySpan<byte> report, ByteString expected) => expected.Equals(report.Slice(ReportData, expected.Length));

    public static string MeasurementOf(ReadOnlySpan<byte> report) => Convert.ToHexStringLower(report.Slice(Measurement, 48));
}
