using System.Buffers.Binary;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Sidecar.Evidence;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.Evidence;

/// <summary>The structures of the device, whose hardware is not here: sizes, places and numbers as the kernel's header has them.</summary>
public sealed class SevGuestLayoutTests
{
    private readonly ByteString _question = new([.. Enumerable.Range(1, 64).Select(i => (byte)i)]);

    [Fact]
    public void OperationsAreNumberedAsTheKernelDoes()
    {
        static ulong ReadWrite(uint number) => (3UL << 30) | ((ulong)SnpGuestRequest.RequestSize << 16) | ((ulong)'S' << 8) | number;
        Assert.Equal(SnpGuestRequest.GetReport, ReadWrite(0));
        Assert.Equal(SnpGuestRequest.GetExtendedReport, ReadWrite(2));
    }

    [Fact]
    public void TheRequestHoldsVersionAndAddresses()
    {
        byte[] place = new byte[SnpGuestRequest.RequestSize];
        place.AsSpan().Fill(0xFF);
        SnpGuestRequest.WriteRequest(place, 0x1122334455667788, 0x99AABBCCDDEEFF00);
        Assert.Equal("0100000000000000" + "8877665544332211" + "00ffeeddccbbaa99" + "0000000000000000", Convert.ToHexStringLower(place));
        BinaryPrimitives.WriteUInt64LittleEndian(place.AsSpan(24), 0x0000000100000005);
        Assert.Equal(1u, SnpGuestRequest.HostError(place));
    }

    [Fact]
    public void TheExtendedQuestionEndsInThePlaceForCertificates()
    {
        byte[] place = new byte[SnpGuestRequest.ExtendedRequestSize];
        SnpGuestRequest.WriteExtendedRequest(place, _question, 0x1122334455667788, 0x4000);
        Assert.Equal(_question.ToArray(), place[..64]);
        Assert.All(place[64..96], value => Assert.Equal(0, value));
        Assert.Equal("8877665544332211" + "00400000" + "00000000", Convert.ToHexStringLower(place.AsSpan(96)));
    }

    [Fact]
    public void TheResponseIsAReportOnlyWhenTheFirmwareSaysSo()
    {
        byte[] response = new byte[SnpGuestRequest.ResponseSize];
        BinaryPrimitives.WriteUInt32LittleEndian(response.AsSpan(4), 1184);
        response[32] = 0xAB;
        ReadOnlySpan<byte> report = SnpGuestRequest.ReadResponse(response, out uint status);
        Assert.Equal(1184, report.Length);
        Assert.Equal(0xAB, report[0]);
        Assert.Equal(0u, status);
        response[4] = 0;
        Assert.True(SnpGuestRequest.ReadResponse(response, out _).IsEmpty);
        (response[4], response[0]) = (0xA0, 0x16);
        Assert.True(SnpGuestRequest.ReadResponse(response, out status).IsEmpty);
        Assert.Equal(0x16u, status);
    }

    [Fact]
    public async Task AFileThatIsNoDeviceIsRefusedByTheSystem()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["device"], "", TestContext.Current.CancellationToken);
        EvidenceOutcome outcome = await new SevGuestDevice(folder["device"]).GetAsync(_question, TestContext.Current.CancellationToken);
        Assert.Contains("refused with error 25", outcome.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATableOfTheHostThatDoesNotHoldTogetherIsNoTable()
    {
        byte[] table = TsmReportTests.Table(("63da758d-e664-4564-adc5-f4b93be8accd", [1, 2, 3]), ("a8074bc2-a25a-483e-aae6-39c045a0b8a1", [4]));
        Assert.Equal(["VCEK", "VLEK"], CertificateTable.Read(table).Select(certificate => certificate.Type));
        Assert.Empty(CertificateTable.Read(table.AsSpan(0, table.Length - 1)));
        Assert.Empty(CertificateTable.Read(table.AsSpan(0, 48)));
        Assert.Empty(CertificateTable.Read([]));
    }

    [Fact]
    public void NoTableOfAHostBreaksTheReader()
    {
        byte[] table = TsmReportTests.Table(("63da758d-e664-4564-adc5-f4b93be8accd", [1, 2, 3]), ("a8074bc2-a25a-483e-aae6-39c045a0b8a1", [4]));
        var random = new Random(11);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] changed = [.. table];
            for (int n = random.Next(1, 6); n > 0; n--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            Assert.All(CertificateTable.Read(changed), certificate => Assert.InRange(certificate.Data.Length, 1, changed.Length));
        }
    }
}
