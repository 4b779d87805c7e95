using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>The sample evidence of Confidential Containers: a text and report data, with no signature. It proves nothing.</summary>
public sealed record SampleEvidence
{
    private const int LongestDocument = 8 * 1024;
    private const int LongestReportData = 64;
    private const int LongestSvn = 64;
    private const string ReportDataMember = "report_data";

    /// <summary>Gets the security version that it claims, a text.</summary>
    public required string Svn { get; init; }

    /// <summary>Gets the report data, at most 64 bytes; empty when it has none.</summary>
    public required ByteString ReportData { get; init; }

    /// <summary>Reads evidence.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out SampleEvidence? evidence, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "sample evidence", LongestDocument, Read, out evidence, out refusal);

    /// <summary>Returns the JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(new JsonObject { ["svn"] = Svn, ["report_data"] = Convert.ToBase64String(ReportData.Span) });

    private static SampleEvidence Read(StrictObject given)
    {
        given.IgnoreUnknown();
        string svn = given.Text("svn", LongestSvn);
        byte[] reportData = given.Names.Contains(ReportDataMember) ? given.Base64(ReportDataMember, LongestReportData) : [];
        if (reportData.Length > LongestReportData)
        {
            given.Fail(ReportDataMember, $"has {reportData.Length} bytes; the limit is {LongestReportData}");
        }

        return new() { Svn = svn, ReportData = new ByteString(reportData) };
    }
}
