using System.Buffers.Binary;
using ConfidentialOperator.Attestation.Nvidia.Spdm;
using ConfidentialOperator.FakeTee.Nvidia;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Nvidia;

/// <summary>The layout of a device's report: every length and every fixed byte.</summary>
public sealed class SpdmReportTests
{
    private const int Blocks = 45;
    private const int Opaque = Blocks + (64 * 55) + 32;

    private static readonly byte[] s_report = NvidiaScene.Gpu.Sign(NvidiaScene.Default).ToArray();

    [Fact]
    public void EveryFieldIsReadAsItWasWritten()
    {
        SoftwareDeviceReport given = NvidiaScene.Default with { SwitchIds = [5], FeatureFlag = 2, ProtectedPcie = true, Nvdec0 = true, VbiosVersion = "97.00.88.00.0F" };
        Assert.True(SpdmReport.TryParse(NvidiaScene.Gpu.Sign(given), out SpdmReport? report, out _));
        Assert.Equal((NvidiaScene.Nonce, 64, (byte)0, 0), (report.Nonce, report.Count, report.Slot, report.TrailingBytes));
        Assert.Equal((NvidiaScene.Driver, "97.00.88.00.0F", 2, true, true),
            (report.Opaque.DriverVersion, report.Opaque.VbiosVersion, report.Opaque.FeatureFlag, report.Opaque.ProtectedPcie, report.Opaque.Nvdec0));
        Assert.Equal(NvidiaScene.Gpu.FirmwareId, report.Opaque.FirmwareId);
        Assert.True(SoftwareDeviceReport.Measurement(7).Equals(report.Measurement(8)));
        Assert.Null(report.Opaque.ChipInfo);
    }

    [Theory]
    [InlineData(0, 0x12, RefusalReason.Unsupported)]
    [InlineData(1, 0xE1, RefusalReason.ReportMalformed)]
    [InlineData(2, 0x00, RefusalReason.ReportMalformed)]
    [InlineData(3, 0x01, RefusalReason.ReportMalformed)]
    [InlineData(37, 0x10, RefusalReason.Unsupported)]
    [InlineData(38, 0x7F, RefusalReason.ReportMalformed)]
    [InlineData(41, 65, RefusalReason.ReportMalformed)]
    [InlineData(41, 63, RefusalReason.ReportMalformed)]
    [InlineData(41, 0, RefusalReason.ReportMalformed)]
    [InlineData(44, 0xFF, RefusalReason.ReportMalformed)]
    [InlineData(Blocks, 2, RefusalReason.ReportMalformed)]
    [InlineData(Blocks + 1, 2, RefusalReason.ReportMalformed)]
    [InlineData(Blocks + 3, 0xFF, RefusalReason.ReportMalformed)]
    [InlineData(Blocks + 5, 47, RefusalReason.ReportMalformed)]
    [InlineData(Opaque, 1, RefusalReason.ReportMalformed)]
    [InlineData(Opaque + 5, 0xFF, RefusalReason.ReportMalformed)]
    public void AWrongByteIsRefusedWithItsOffset(int at, byte value, RefusalReason reason)
    {
        byte[] bytes = [.. s_report];
        bytes[at] = value;
        Assert.False(SpdmReport.TryParse(new ByteString(bytes), out _, out Refusal? refusal));
        Assert.Equal(reason, refusal.Reason);
        Assert.Contains("at offset", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoPartOfAReportIsAReport() => Assert.All(Enumerable.Range(0, s_report.Length),
        length => Assert.False(SpdmReport.TryParse(new ByteString(s_report.AsSpan(0, length)), out _, out _)));

    [Theory]
    [InlineData(new byte[] { 0 }, true)]
    [InlineData(new byte[] { 1 }, false)]
    [InlineData(new byte[] { 0, 0 }, false)]
    public void OnlyOneZeroByteMayFollow(byte[] more, bool isReport)
    {
        Assert.Equal(isReport, SpdmReport.TryParse(new ByteString([.. s_report, .. more]), out SpdmReport? report, out _));
        Assert.True(report is null || report.Signature.SequenceEqual(s_report.AsSpan(s_report.Length - 96)));
    }

    [Fact]
    public void AFieldStandsOnce()
    {
        byte[] bytes = [.. s_report];
        int second = Opaque + 2 + 4 + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(Opaque + 4));
        bytes.AsSpan(Opaque + 2, 2).CopyTo(bytes.AsSpan(second));
        Assert.False(SpdmReport.TryParse(new ByteString(bytes), out _, out Refusal? refusal));
        Assert.Contains("stands once", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TooLongIsNotLookedAt()
    {
        Assert.False(SpdmReport.TryParse(new ByteString(new byte[SpdmReport.LongestReport + 1]), out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.TooLarge, refusal.Reason);
    }
}
