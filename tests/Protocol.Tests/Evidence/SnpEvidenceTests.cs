using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Tests.Running;

namespace ConfidentialOperator.Protocol.Tests.Evidence;

/// <summary>Reports of real processors, written as Confidential Containers writes them, come back byte for byte.</summary>
public sealed class SnpEvidenceTests
{
    [Theory]
    [InlineData("snp-v2-milan-azure-coco")]
    [InlineData("snp-v2-milan-debug")]
    [InlineData("snp-v3-genoa-routex")]
    [InlineData("snp-v3-milan-azure-aci")]
    [InlineData("snp-v3-milan-oak-stage0")]
    [InlineData("snp-v3-milan-vlek-aws-use2")]
    [InlineData("snp-v4-milan-gce-no-endorsement")]
    [InlineData("snp-v5-genoa-lunal")]
    [InlineData("snp-v5-genoa-routex")]
    [InlineData("snp-v5-turin-oak")]
    public void ARealReportComesBack(string item)
    {
        byte[] report = File.ReadAllBytes(Path.Combine(SharedFolder.Find("vectors/" + item), "report.bin"));
        var written = new SnpEvidence { Report = new ByteString(report), Certificates = [new("VCEK", new ByteString([1, 2, 255]))] };
        Assert.True(SnpEvidence.TryParse(written.ToJson(), out SnpEvidence? read, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(Convert.ToHexString(report), Convert.ToHexString(read.Report.Span));
        Assert.Equal(written.Certificates, read.Certificates);
    }

    [Fact]
    public void TheFieldsHaveTheNamesAndPlacesOfTheAbi()
    {
        JsonNode fields = JsonNode.Parse(new SnpEvidence { Report = new ByteString(Report()) }.ToJson())!["attestation_report"]!;
        Assert.Equal(3, fields["version"]!.GetValue<int>());
        Assert.Equal(0x30000, fields["policy"]!.GetValue<long>());
        Assert.Equal(7, fields["report_data"]![0]!.GetValue<int>());
        Assert.Equal(64, fields["report_data"]!.AsArray().Count);
        Assert.Equal(8, fields["measurement"]![0]!.GetValue<int>());
        Assert.Equal((4, 24, 219), (Tcb("bootloader"), Tcb("snp"), Tcb("microcode")));
        Assert.Equal(72, fields["signature"]!["r"]!.AsArray().Count);

        int Tcb(string part) => fields["reported_tcb"]![part]!.GetValue<int>();
    }

    [Theory]
    [InlineData("version", "-1", "attestation_report.version")]
    [InlineData("version", "4294967296", "attestation_report.version")]
    [InlineData("version", "\"3\"", "attestation_report.version")]
    [InlineData("measurement", "[1]", "attestation_report.measurement")]
    [InlineData("measurement", "\"00\"", "attestation_report.measurement")]
    [InlineData("reported_tcb", "{}", "attestation_report.reported_tcb.bootloader")]
    [InlineData("more", "1", "attestation_report.more")]
    public void AWrongFieldIsRefusedWithItsPath(string field, string value, string path)
    {
        JsonObject evidence = JsonNode.Parse(new SnpEvidence { Report = new ByteString(Report()) }.ToJson())!.AsObject();
        evidence["attestation_report"]![field] = JsonNode.Parse(value);
        Assert.False(SnpEvidence.TryParse(Encoding.UTF8.GetBytes(evidence.ToJsonString()), out _, out Refusal? refusal));
        Assert.Contains($"'{path}'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EvidenceWithoutAReportOrTooLongIsRefused()
    {
        Assert.False(SnpEvidence.TryParse("""{"cert_chain":null}"""u8.ToArray(), out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.MissingMember, refusal.Reason);
        Assert.False(SnpEvidence.TryParse(new byte[SnpEvidence.LongestDocument + 1], out _, out refusal));
        Assert.Equal(RefusalReason.TooLarge, refusal.Reason);
    }

    [Fact]
    public void ATcbIsAtLeastAnotherWhenEveryPartIs()
    {
        var tcb = new SnpTcb(1, 4, 0, 24, 219);
        Assert.True(tcb.IsAtLeast(tcb));
        Assert.False(new SnpTcb(1, 9, 9, 23, 255).IsAtLeast(tcb));
        Assert.False(new SnpTcb(0, 4, 0, 24, 219).IsAtLeast(tcb));
        byte[] bytes = new byte[8];
        tcb.Write(bytes, isTurin: true);
        Assert.Equal([1, 4, 0, 24, 0, 0, 0, 219], bytes);
        Assert.Equal(tcb, SnpTcb.Read(bytes, isTurin: true));
        (tcb with { Fmc = 0 }).Write(bytes, isTurin: false);
        Assert.Equal([4, 0, 0, 0, 0, 0, 24, 219], bytes);
    }

    private static byte[] Report()
    {
        byte[] report = new byte[SnpEvidence.ReportSize];
        report[0] = 3;
        report[0x00A] = 3;
        report[0x050] = 7;
        report[0x090] = 8;
        new SnpTcb(0, 4, 0, 24, 219).Write(report.AsSpan(0x180, 8), isTurin: false);
        report[0x188] = 0x19;
        return report;
    }
}
