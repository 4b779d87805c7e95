using System.Buffers.Binary;
using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Measurement;

/// <summary>Each bound of a firmware's tables, over the small image whose layout is known: SEV metadata at 0x2000, TDX metadata at 0x3010, the table at the end.</summary>
public class GuestFirmwareTests
{
    private const int Sev = 0x2000;
    private const int Tdx = 0x3010;

    private static readonly byte[] s_image = SoftwareFirmware.Make("tests").ToArray();

    [Fact]
    public void The_image_as_it_is_can_be_measured()
    {
        Assert.Null(Refused(s_image, snp: true));
        Assert.Null(Refused(s_image, snp: false));
    }

    [Theory]
    [InlineData(Sev, 0u, "'ASEV'")]
    [InlineData(Sev + 4, 20u, "sections in 20 bytes")]
    [InlineData(Sev + 4, 0x7fffffffu, "inside the image")]
    [InlineData(Sev + 8, 2u, "version 2")]
    [InlineData(Sev + 12, 65u, "names 65 sections")]
    [InlineData(Sev + 12, 0xffffffffu, "sections")]
    [InlineData(Sev + 16, 0x800001u, "whole pages")]
    [InlineData(Sev + 20, 0x9001u, "whole pages")]
    [InlineData(Sev + 20, 0xfffff000u, "bytes together")]
    [InlineData(Sev + 24, 9u, "type 0x9")]
    [InlineData(Sev + 24, 0xfffffff0u, "type 0xfffffff0")]
    public void Sev_metadata_is_bounded(int offset, uint value, string sentence) => AssertRefused(offset, value, sentence, snp: true);

    [Theory]
    [InlineData(Tdx, 0u, "'TDVF'")]
    [InlineData(Tdx - 16, 0u, "'TDVF'")]
    [InlineData(Tdx + 4, 20u, "sections in 20 bytes")]
    [InlineData(Tdx + 8, 2u, "version 2")]
    [InlineData(Tdx + 12, 0u, "names 0 sections")]
    [InlineData(Tdx + 12, 65u, "names 65 sections")]
    [InlineData(Tdx + 16, 0xfffffff0u, "not inside the image")]
    [InlineData(Tdx + 20, 0x20000u, "not inside the image")]
    [InlineData(Tdx + 20, 0x2000u, "only 0x1000 bytes of memory")]
    [InlineData(Tdx + 24, 1u, "whole pages")]
    [InlineData(Tdx + 32, 0x1001u, "whole pages")]
    [InlineData(Tdx + 36, 0x7fffffffu, "bytes together")]
    public void Tdx_metadata_is_bounded(int offset, uint value, string sentence) => AssertRefused(offset, value, sentence, snp: false);

    [Fact]
    public void The_table_is_bounded()
    {
        int footer = s_image.Length - 50;
        Assert.Contains("the table is said to have 17 bytes", Changed(footer, 17), StringComparison.Ordinal);
        Assert.Contains("the table is said to have 65535 bytes", Changed(footer, 0xffff), StringComparison.Ordinal);
        Assert.Contains("an entry of the table", Changed(footer - 18, 17), StringComparison.Ordinal);
        Assert.Contains("an entry of the table", Changed(footer - 18, 0xfff), StringComparison.Ordinal);
        Assert.Contains("no table", Changed(footer + 2, 0), StringComparison.Ordinal);
        Assert.Contains("multiple of 4096", Refused([0, .. s_image], snp: true)!.Message, StringComparison.Ordinal);
        Assert.Contains("no table", Refused([], snp: true)!.Message, StringComparison.Ordinal);
        Assert.Equal(RefusalReason.TooLarge, Refused(new byte[GuestFirmware.Largest + 1], snp: true)!.Reason);
    }

    [Fact]
    public void An_entry_that_is_not_there_is_named()
    {
        // The GUID of the first entry from the end, the reset block, becomes one that nobody knows.
        byte[] changed = [.. s_image];
        changed[^66] ^= 1;
        Refusal refusal = Refused(changed, snp: true)!;
        Assert.Equal(RefusalReason.Unsupported, refusal.Reason);
        Assert.Contains("SEV-ES reset block", refusal.Message, StringComparison.Ordinal);
        Assert.Null(Refused(changed, snp: false));
    }

    private static string Changed(int offset, ushort value)
    {
        byte[] changed = [.. s_image];
        BinaryPrimitives.WriteUInt16LittleEndian(changed.AsSpan(offset), value);
        return Refused(changed, snp: true)!.Message;
    }

    private static void AssertRefused(int offset, uint value, string sentence, bool snp)
    {
        byte[] changed = [.. s_image];
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(offset), value);
        Refusal? refusal = Refused(changed, snp);
        Assert.Equal(RefusalReason.Malformed, refusal?.Reason);
        Assert.StartsWith("At offset 0x", refusal!.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
    }

    private static Refusal? Refused(byte[] image, bool snp)
    {
        if (!GuestFirmware.TryRead(image, out GuestFirmware? firmware, out Refusal? refusal))
        {
            return refusal;
        }

        bool measured = snp ? new SnpLaunch { Firmware = firmware, VirtualCpus = 2, Signature = 0 }.TryMeasure(out _, out refusal)
            : new TdxLaunch { Firmware = firmware }.TryMeasure(out _, out refusal);
        return measured ? null : refusal;
    }
}
