using System.Buffers.Binary;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Sidecar.Evidence;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.Evidence;

/// <summary>The kernel's report folder, played by ordinary files.</summary>
public sealed class TsmReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ByteString _question = new([.. Enumerable.Range(1, 64).Select(i => (byte)i)]);
    private readonly SoftwareGuest _guest = new(TestHardware.Chip, LaunchInputs.Development, null);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TheReportAndTheHostsCertificatesBecomeEvidence()
    {
        Put("provider", "sev_guest\n"u8.ToArray());
        Put("generation", "1\n"u8.ToArray());
        Put("outblob", _guest.Report(_question.Span).ToArray());
        Put("auxblob", Table(("63da758d-e664-4564-adc5-f4b93be8accd", [1, 2, 3]), ("92f81bc3-5811-4d3d-97ff-d19f88dc67ea", [9]),
            ("4ab7b379-bbac-4fe4-a02f-05aef327c782", [4, 5])));
        EvidenceOutcome outcome = await AskAsync();
        Assert.Null(outcome.Refusal);
        Assert.True(SnpEvidence.TryParse(outcome.Json.Memory, out SnpEvidence? evidence, out Refusal? refusal), refusal?.Message);
        Assert.Equal(_guest.Report(_question.Span).Span[..0x2A0].ToArray(), evidence.Report.Span[..0x2A0].ToArray());
        Assert.Equal(["VCEK", "ASK"], evidence.Certificates.Select(certificate => certificate.Type));
        Assert.Equal([1, 2, 3], evidence.Certificates[0].Data.ToArray());
        Assert.Equal(_guest.Template.Measurement.ToString(), outcome.Measurement);
        Assert.Equal(_question.ToArray(), await File.ReadAllBytesAsync(Path.Combine(_folder.Path, TsmReportSource.Entry, "inblob"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WithoutCertificatesTheEvidenceHasNone()
    {
        Put("provider", "sev_guest"u8.ToArray());
        Put("generation", "1"u8.ToArray());
        Put("outblob", _guest.Report(_question.Span).ToArray());
        EvidenceOutcome outcome = await AskAsync();
        Assert.True(SnpEvidence.TryParse(outcome.Json.Memory, out SnpEvidence? evidence, out _));
        Assert.Empty(evidence.Certificates);
    }

    [Theory]
    [InlineData("provider", "tdx_guest", "sev_guest")]
    [InlineData("outblob", "short", "1184")]
    [InlineData("generation", null, "cannot be used")]
    public async Task WhatIsNotAReportIsRefused(string file, string? content, string expected)
    {
        Put("provider", "sev_guest"u8.ToArray());
        Put("generation", "1"u8.ToArray());
        Put("outblob", _guest.Report(_question.Span).ToArray());
        if (content is null)
        {
            File.Delete(Path.Combine(_folder.Path, TsmReportSource.Entry, file));
        }
        else
        {
            Put(file, System.Text.Encoding.ASCII.GetBytes(content));
        }

        EvidenceOutcome outcome = await AskAsync();
        Assert.Equal(RefusalReason.EvidenceUnavailable, outcome.Refusal!.Reason);
        Assert.Contains(expected, outcome.Refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReportOverOtherDataIsRefused()
    {
        Put("provider", "sev_guest"u8.ToArray());
        Put("generation", "1"u8.ToArray());
        Put("outblob", _guest.Report(new byte[64]).ToArray());
        Assert.Contains("other data", (await AskAsync()).Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutTheFolderTheSourceIsNotThere() => Assert.Contains("is not there",
        (await new TsmReportSource(_folder["nothing"]).GetAsync(_question, TestContext.Current.CancellationToken)).Refusal!.Message, StringComparison.Ordinal);

    internal static byte[] Table(params (string Kind, byte[] Data)[] entries)
    {
        byte[] table = new byte[(24 * (entries.Length + 1)) + entries.Sum(entry => entry.Data.Length)];
        int offset = 24 * (entries.Length + 1);
        for (int i = 0; i < entries.Length; i++)
        {
            Guid.Parse(entries[i].Kind).TryWriteBytes(table.AsSpan(24 * i), bigEndian: true, out _);
            BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan((24 * i) + 16), offset);
            BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan((24 * i) + 20), entries[i].Data.Length);
            entries[i].Data.CopyTo(table.AsSpan(offset));
            offset += entries[i].Data.Length;
        }

        return table;
    }

    private Task<EvidenceOutcome> AskAsync() => new TsmReportSource(_folder.Path).GetAsync(_question, TestContext.Current.CancellationToken);

    private void Put(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, TsmReportSource.Entry));
        File.WriteAllBytes(Path.Combine(_folder.Path, TsmReportSource.Entry, name), content);
    }
}
