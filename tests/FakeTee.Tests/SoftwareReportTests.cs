using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Snp;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.InitData;

namespace ConfidentialOperator.FakeTee.Tests;

/// <summary>Reports have the layout of the SEV-SNP ABI, carry what the guest was launched with, and are signed as hardware signs.</summary>
public sealed class SoftwareReportTests(SharedPki pki)
{
    private static readonly InitDataDocument s_initData = InitDataDocument.Create(new Dictionary<string, string> { ["model.json"] = "{}" });

    [Theory]
    [InlineData(SnpProduct.Milan, 0x19, 0x01)]
    [InlineData(SnpProduct.Genoa, 0x19, 0x11)]
    [InlineData(SnpProduct.Turin, 0x1A, 0x02)]
    public void EveryFieldStandsInItsPlace(SnpProduct product, byte family, byte model)
    {
        SoftwareChip chip = pki.Value.MakeChip(product);
        byte[] report = new SoftwareGuest(chip, LaunchInputs.Development, s_initData).Report([1, 2, 3]).ToArray();
        Assert.Equal(1184, report.Length);
        Assert.Equal((3u, 0x30000ul, 0u, 1u), (U32(report, 0x000), BinaryPrimitives.ReadUInt64LittleEndian(report.AsSpan(0x008)), U32(report, 0x030), U32(report, 0x034)));
        Assert.Equal([1, 2, 3, .. new byte[61]], report[0x050..0x090]);
        Assert.Equal(LaunchInputs.Development.Measure().ToArray(), report[0x090..0x0C0]);
        Assert.Equal(s_initData.HostData.ToArray(), report[0x0C0..0x0E0]);
        Assert.Equal((family, model), (report[0x188], report[0x189]));
        Assert.Equal(chip.ChipId.ToArray(), report[0x1A0..0x1E0]);
        foreach (int tcb in new[] { 0x038, 0x180, 0x1E0, 0x1F0 })
        {
            Assert.Equal(chip.Tcb, SnpTcb.Read(report.AsSpan(tcb, 8), product == SnpProduct.Turin));
        }
    }

    [Fact]
    public void TheChipsKeySignsTheFirstPart()
    {
        SoftwareChip chip = pki.Value.MakeChip();
        byte[] report = new SoftwareGuest(chip, LaunchInputs.Development, null).Report([]).ToArray();
        Assert.True(Verifies(report, chip));
        Assert.All(report[0x0C0..0x0E0], value => Assert.Equal(0, value));
        for (int at = 0; at < SoftwareReport.SignedLength; at += 13)
        {
            report[at] ^= 1;
            Assert.False(Verifies(report, chip), $"byte {at} is not signed");
            report[at] ^= 1;
        }

        Assert.False(Verifies(report, pki.Value.MakeChip()));
    }

    [Fact]
    public void EveryLaunchInputChangesTheMeasurement()
    {
        LaunchInputs launch = LaunchInputs.Development;
        ByteString[] measurements =
        [
            launch.Measure(),
            (launch with { Firmware = SoftwareFirmware.Make("other") }).Measure(),
            (launch with { KernelParameters = launch.KernelParameters + " debug" }).Measure(),
            (launch with { VirtualCpus = 2 }).Measure(),
            (launch with { VirtualCpus = 3 }).Measure(),
            (launch with { KernelParameters = "" }).Measure(),
        ];
        Assert.All(measurements, measurement => Assert.Equal(48, measurement.Length));
        Assert.Equal(measurements.Length, measurements.Distinct().Count());
        Assert.Equal(launch.Measure(), LaunchInputs.Development.Measure());
    }

    [Fact]
    public void ATestMaySayWhatItLikes()
    {
        SoftwareChip chip = pki.Value.MakeChip();
        var guest = new SoftwareGuest(chip, LaunchInputs.Development, null);
        guest = new SoftwareGuest(chip, LaunchInputs.Development, null)
        {
            Template = guest.Template with { Vmpl = 2, Policy = 0xB0000, ReportedTcb = new SnpTcb(0, 1, 2, 3, 4), ChipId = new ByteString(new byte[64]), Version = 2 },
        };
        byte[] report = guest.Report([]).ToArray();
        Assert.Equal((2u, 2u, 0xB0000ul), (U32(report, 0), U32(report, 0x030), BinaryPrimitives.ReadUInt64LittleEndian(report.AsSpan(8))));
        Assert.Equal(new SnpTcb(0, 1, 2, 3, 4), SnpTcb.Read(report.AsSpan(0x180, 8), isTurin: false));
        Assert.All(report[0x188..0x1E0], value => Assert.Equal(0, value));
        Assert.True(Verifies(report, chip));
    }

    [Fact]
    public void EvidenceAndDocumentCarryTheReport()
    {
        SoftwareChip chip = pki.Value.MakeChip(SnpProduct.Turin);
        var guest = new SoftwareGuest(chip, LaunchInputs.Development, s_initData);
        Assert.True(SnpEvidence.TryParse(guest.Evidence([7]), out SnpEvidence? evidence, out Refusal? refusal), refusal?.ToString());
        Assert.True(Verifies(evidence.Report.ToArray(), chip));
        Assert.Equal(["VCEK", "ASK", "ARK"], evidence.Certificates.Select(certificate => certificate.Type));
        var nonce = new ByteString(RandomNumberGenerator.GetBytes(32));
        var keyset = new ByteString("{}"u8);
        AttestationDocument document = guest.Attest(nonce, keyset);
        Assert.True(SnpEvidence.TryParse(document.CpuEvidence.Memory, out evidence, out refusal), refusal?.ToString());
        Assert.Equal(ReportBinding.ForClient(nonce.Span, keyset.Span, "[]"u8).ToArray(), evidence.Report.ToArray()[0x050..0x090]);
    }

    private static bool Verifies(byte[] report, SoftwareChip chip)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(chip.CertificateDer);
        using ECDsa key = certificate.GetECDsaPublicKey()!;
        byte[] signature = [.. report[0x2A0..0x2D0].Reverse(), .. report[0x2E8..0x318].Reverse()];
        return key.VerifyData(report.AsSpan(0, 0x2A0), signature, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static uint U32(byte[] report, int at) => BinaryPrimitives.ReadUInt32LittleEndian(report.AsSpan(at));
}
