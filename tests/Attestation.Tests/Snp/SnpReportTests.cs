using System.Buffers.Binary;
using System.Numerics;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tests.Snp;

public sealed class SnpReportTests
{
    private static readonly ByteString s_reportData = new(Enumerable.Range(1, 64).Select(value => (byte)value).ToArray());
    private static readonly SnpEndorsements s_endorsements = SnpEndorsements.Read(Development.Chip.Certificates, []);

    [Fact]
    public void OnlyOneLengthIsAReport()
    {
        byte[] report = new Scene().Sign(s_reportData).ToArray();
        for (int length = 0; length <= report.Length + 64; length++)
        {
            byte[] bytes = new byte[length];
            report.AsSpan(0, Math.Min(length, report.Length)).CopyTo(bytes);
            bool parsed = SnpReport.TryParse(bytes, out SnpReport? read, out Refusal? refusal);
            Assert.Equal(length == SnpReport.Size, parsed);
            Assert.Equal(parsed, refusal is null);
            Assert.Equal(parsed, read is not null);
            Assert.True(parsed || refusal!.Reason == RefusalReason.ReportMalformed);
        }
    }

    [Fact]
    public void FieldsAreWhereTheSpecificationPutsThem()
    {
        var scene = new Scene
        {
            Report = report => report with { Policy = 0x1F0102 | 1UL << 25, Vmpl = 2, Version = 5, CommittedTcb = new(0, 5, 1, 25, 220) },
            Bytes = bytes => (bytes[0x1F0], bytes[0x1F7], bytes[0x38]) = (9, 8, 7),
        };
        Assert.True(SnpReport.TryParse(scene.Sign(s_reportData).Span, out SnpReport? report, out _));
        Assert.Equal((5u, 2u, SnpSigningKey.Vcek, false), (report.Version, report.Vmpl, report.SigningKey, report.HasAuthorKey));
        Assert.Equal((1, 2, true, true, true, true, true), (report.LaunchPolicy.AbiMajor, report.LaunchPolicy.AbiMinor, report.LaunchPolicy.AllowsSmt,
            report.LaunchPolicy.AllowsMigration, report.LaunchPolicy.AllowsDebug, report.LaunchPolicy.IsSingleSocket, report.LaunchPolicy.IsWellFormed));
        Assert.Equal((s_reportData, Scene.InitData.HostData), (report.ReportData, report.HostData));
        Assert.Equal((Development.Chip.ChipId, SnpProduct.Milan), (report.ChipId, report.Product!.Value));
        Assert.Equal((Development.Chip.Tcb, new SnpTcb(0, 5, 1, 25, 220)), (report.ReportedTcb, report.CommittedTcb));
        Assert.Equal((new SnpTcb(0, 9, 0, 24, 8), new SnpTcb(0, 7, 0, 24, 219)), (report.LaunchTcb, report.CurrentTcb));
        Assert.Equal(1ul, report.PlatformInfo.Value);
    }

    /// <summary>Every signed byte, and every byte that is not signed: nothing of a report can be changed.</summary>
    [Fact]
    public void NoBitCanBeChanged()
    {
        byte[] report = new Scene().Sign(s_reportData).ToArray();
        Assert.True(Authenticates(report));
        for (int at = 0; at < report.Length; at++)
        {
            byte bit = (byte)(1 << (at % 8));
            report[at] ^= bit;
            Assert.False(Authenticates(report), $"bit {at % 8} of byte 0x{at:x3}");
            report[at] ^= bit;
        }

        Assert.True(Authenticates(report));
    }

    [Fact]
    public void ManyRandomChangesAreRefusedAndNothingIsThrown()
    {
        var random = new Random(20260501);
        byte[] good = new Scene().Sign(s_reportData).ToArray();
        for (int round = 0; round < 400; round++)
        {
            byte[] report = [.. good];
            for (int change = random.Next(1, 12); change > 0; change--)
            {
                report[random.Next(report.Length)] ^= (byte)random.Next(1, 256);
            }

            Assert.Equal(report.AsSpan().SequenceEqual(good), Authenticates(report));
        }
    }

    [Theory]
    [InlineData(SnpProduct.Milan, 2)]
    [InlineData(SnpProduct.Milan, 3)]
    [InlineData(SnpProduct.Milan, 4)]
    [InlineData(SnpProduct.Milan, 5)]
    [InlineData(SnpProduct.Genoa, 2)]
    [InlineData(SnpProduct.Genoa, 5)]
    [InlineData(SnpProduct.Turin, 3)]
    [InlineData(SnpProduct.Turin, 5)]
    public void EachProductAndVersionIsRead(SnpProduct product, int version)
    {
        SoftwareChip chip = Development.Pki.MakeChip(product, new SnpTcb(product == SnpProduct.Turin ? (byte)3 : (byte)0, 4, 1, 25, 220));
        ByteString bytes = new Scene { Chip = chip, Report = report => report with { Version = (uint)version } }.Sign(s_reportData);
        AuthenticSnpReport authentic = Authenticate(bytes, chip);
        Assert.Equal((product, true, SnpSigningKey.Vcek), (authentic.Product, authentic.IsDevelopment, authentic.SignedBy));
        Assert.Equal(chip.Tcb, authentic.Report.ReportedTcb);
        Assert.Equal(chip.ChipId, authentic.Report.ChipId);
    }

    /// <summary>Version 2 names no processor, so its TCB cannot be in Turin's order, which needs version 3.</summary>
    [Fact]
    public void TurinNeedsAReportThatNamesIt()
    {
        SoftwareChip chip = Development.Pki.MakeChip(SnpProduct.Turin);
        ByteString bytes = new Scene { Chip = chip, Report = report => report with { Version = 2 } }.Sign(s_reportData);
        Assert.Equal(RefusalReason.ProductUnknown, Refuse(bytes, chip).Reason);
    }

    /// <summary>A Turin certificate has eight bytes of hardware id; what stands behind them in the report must be zero.</summary>
    [Theory]
    [InlineData(0x1A7)]
    [InlineData(0x1A8)]
    [InlineData(0x1DF)]
    public void AllOfATurinChipIsCompared(int offset)
    {
        SoftwareChip chip = Development.Pki.MakeChip(SnpProduct.Turin);
        Assert.Equal(RefusalReason.ChipIdMismatch, Refuse(new Scene { Chip = chip, Bytes = bytes => bytes[offset] ^= 1 }.Sign(s_reportData), chip).Reason);
    }

    /// <summary>Signatures that are equal to a valid one as numbers, or as a reader in the other order sees them.</summary>
    [Fact]
    public void ASignatureHasOneForm()
    {
        byte[] order = Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973");
        byte[] good = new Scene().Sign(s_reportData).ToArray();
        Action<byte[]>[] changes =
        [
            report => report.AsSpan(0x2A0, 48).Clear(),
            report => report.AsSpan(0x2E8, 48).Clear(),
            report => report[0x2A0 + 48] = 1,
            report => report[0x2E8 + 71] = 1,
            report => Add(report.AsSpan(0x2A0, 72), order),
            report => Add(report.AsSpan(0x2E8, 72), order),
            report => report.AsSpan(0x2A0, 48).Reverse(),
        ];
        Assert.True(Authenticates(good));
        Assert.All(changes, change =>
        {
            byte[] report = [.. good];
            change(report);
            Assert.Equal(RefusalReason.SignatureInvalid, Refuse(new ByteString(report), Development.Chip).Reason);
        });
    }

    [Theory]
    [InlineData(0x19, 0x00, SnpProduct.Milan)]
    [InlineData(0x19, 0x01, SnpProduct.Milan)]
    [InlineData(0x19, 0x11, SnpProduct.Genoa)]
    [InlineData(0x19, 0xA0, SnpProduct.Genoa)]
    [InlineData(0x1A, 0x02, SnpProduct.Turin)]
    [InlineData(0x1A, 0x11, SnpProduct.Turin)]
    [InlineData(0x17, 0x31, null)]
    [InlineData(0x19, 0x20, null)]
    [InlineData(0x1A, 0x20, null)]
    public void ProcessorsBelongToProducts(byte family, byte model, SnpProduct? product) => Assert.Equal(product, SnpProcessor.Product(family, model));

    [Theory]
    [InlineData(0x04C)]
    [InlineData(0x18B)]
    [InlineData(0x19F)]
    [InlineData(0x1EB)]
    [InlineData(0x1EF)]
    [InlineData(0x1F8)]
    [InlineData(0x207)]
    [InlineData(0x208)]
    [InlineData(0x29F)]
    [InlineData(0x330)]
    [InlineData(0x49F)]
    [InlineData(0x049)]
    public void ReservedBytesMustBeZeroEvenWhenSigned(int offset)
    {
        ByteString bytes = new Scene { Bytes = bytes => bytes[offset] = 0x20 }.Sign(s_reportData);
        Assert.Equal(RefusalReason.ReportMalformed, Refuse(bytes, Development.Chip).Reason);
    }

    [Fact]
    public void VersionFiveHasMitigationVectors()
    {
        var scene = new Scene { Report = report => report with { Version = 5 }, Bytes = bytes => (bytes[0x1F8], bytes[0x200]) = (0x0B, 0x0B) };
        Authenticate(scene.Sign(s_reportData), Development.Chip);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(6u)]
    [InlineData(uint.MaxValue)]
    public void UnknownVersionsAreRefusedEvenWhenSigned(uint version)
    {
        ByteString bytes = new Scene { Bytes = bytes => BinaryPrimitives.WriteUInt32LittleEndian(bytes, version) }.Sign(s_reportData);
        Assert.False(SnpReport.TryParse(bytes.Span, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.ReportMalformed, refusal.Reason);
    }

    /// <summary>A certificate that AMD issues again for the same key, or for another TCB of the chip, stands in nobody's way.</summary>
    [Fact]
    public void TheCertificateThatFitsIsFoundAmongOthers()
    {
        IEnumerable<SnpCertificate> others = Development.Pki.MakeChip().Certificates.Concat(Development.Pki.MakeChip(SnpProduct.Turin).Certificates);
        Assert.True(SnpReport.TryParse(new Scene().Sign(s_reportData).Span, out SnpReport? report, out _));
        var endorsements = SnpEndorsements.Read(others.Concat(Development.Chip.Certificates), [new Collateral("chain", new ByteString("no certificate"u8))]);
        Assert.NotNull(SnpVerifier.Authenticate(report, endorsements, Development.Roots, Scene.Noon).Evidence);
    }

    private static void Add(Span<byte> number, byte[] order)
    {
        var sum = new BigInteger(number, isUnsigned: true) + new BigInteger(order, isUnsigned: true, isBigEndian: true);
        number.Clear();
        sum.TryWriteBytes(number, out _, isUnsigned: true);
    }

    private static bool Authenticates(byte[] bytes) => SnpReport.TryParse(bytes, out SnpReport? report, out _)
        && SnpVerifier.Authenticate(report, s_endorsements, Development.Roots, Scene.Noon).Evidence is not null;

    private static AuthenticSnpReport Authenticate(ByteString bytes, SoftwareChip chip)
    {
        Assert.True(SnpReport.TryParse(bytes.Span, out SnpReport? report, out Refusal? refusal), refusal?.ToString());
        var endorsements = SnpEndorsements.Read(chip.Certificates, []);
        Authentication authentication = SnpVerifier.Authenticate(report, endorsements, Development.Roots, Scene.Noon);
        Assert.True(authentication.Evidence is not null, authentication.Refusal?.ToString());
        return Assert.IsType<AuthenticSnpReport>(authentication.Evidence);
    }

    private static Refusal Refuse(ByteString bytes, SoftwareChip chip)
    {
        Assert.True(SnpReport.TryParse(bytes.Span, out SnpReport? report, out _));
        Authentication authentication = SnpVerifier.Authenticate(report, SnpEndorsements.Read(chip.Certificates, []), Development.Roots, Scene.Noon);
        Assert.Null(authentication.Evidence);
        return authentication.Refusal!;
    }
}
