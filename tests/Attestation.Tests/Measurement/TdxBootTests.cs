using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Measurement;

/// <summary>RTMR1 and RTMR2 over a small EFI program with a Linux header: headers up to 0x500, one section of 0x100 bytes behind them, and a rest.</summary>
public class TdxBootTests
{
    private const int Pe = 0x300;
    private const int Checksum = Pe + 0x18 + 64;
    private const int Certificates = Pe + 0x18 + 112 + 32;
    private const ulong Memory = 2048UL * 1024 * 1024;

    private static readonly byte[] s_initrd = [9, 9, 9];

    [Fact]
    public void The_kernel_is_hashed_without_checksum_and_certificates()
    {
        byte[] kernel = Kernel();
        byte[] digest = SHA384.HashData([.. kernel[..Checksum], .. kernel[(Checksum + 4)..Certificates], .. kernel[(Certificates + 8)..]]);
        string[] events = ["Calling EFI Application from Boot Option", "\0\0\0\0", "Exit Boot Services Invocation", "Exit Boot Services Returned with Success"];
        byte[] expected = events.Select(text => SHA384.HashData(Encoding.ASCII.GetBytes(text))).Prepend(digest)
            .Aggregate(new byte[48], (register, next) => SHA384.HashData([.. register, .. next]));
        Assert.Equal(expected, Measure(kernel, null).Values["rtmr1"].ToArray());
        kernel[Checksum] ^= 1;
        Assert.Equal(expected, Measure(kernel, null).Values["rtmr1"].ToArray());
        kernel[^1] ^= 1;
        Assert.NotEqual(expected, Measure(kernel, null).Values["rtmr1"].ToArray());
    }

    [Fact]
    public void The_hypervisor_writes_its_fields_into_the_header()
    {
        byte[] patched = Kernel();
        patched[0x210] = 0xb0;
        patched[0x211] |= 0x80;
        BinaryPrimitives.WriteUInt16LittleEndian(patched.AsSpan(0x224), 0xfe00);
        BinaryPrimitives.WriteUInt32LittleEndian(patched.AsSpan(0x228), 0x20000);
        BinaryPrimitives.WriteUInt32LittleEndian(patched.AsSpan(0x218), (0x8000_0000 - 0x28000 - 1 - 3) & ~0xfffu);
        BinaryPrimitives.WriteUInt32LittleEndian(patched.AsSpan(0x21c), 3);
        Assert.Equal(Measure(patched, null).Values["rtmr1"], Measure(Kernel(), Memory).Values["rtmr1"]);
        Assert.NotEqual(Measure(Kernel(), Memory / 2).Values["rtmr1"], Measure(Kernel(), Memory).Values["rtmr1"]);
        Assert.Equal(Measure(Kernel(), 2 * Memory).Values["rtmr1"], Measure(Kernel(), Memory).Values["rtmr1"]);
    }

    [Fact]
    public void The_command_line_is_measured_as_the_firmware_hands_it_on()
    {
        byte[] line = SHA384.HashData(Encoding.Unicode.GetBytes("quiet initrd=initrd\0"));
        byte[] first = SHA384.HashData([.. new byte[48], .. line]);
        Assert.Equal(SHA384.HashData([.. first, .. SHA384.HashData(s_initrd)]), Measure(Kernel(), null).Values["rtmr2"].ToArray());
    }

    [Theory]
    [InlineData(0x000, "no EFI program")]
    [InlineData(Pe, "no EFI program")]
    [InlineData(0x03e, "no EFI program")]
    [InlineData(Pe + 0x18, "optional header")]
    [InlineData(Pe + 0x18 + 62, "headers")]
    [InlineData(Pe + 7, "sections do not fit")]
    [InlineData(Pe + 0x18 + 240 + 18, "not inside the file")]
    public void A_broken_program_is_refused(int offset, string sentence)
    {
        byte[] kernel = Kernel();
        kernel[offset] ^= 0x40;
        Assert.Contains(sentence, Refused(kernel, null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x202, Memory, "HdrS")]
    [InlineData(0x207, Memory, "boot protocol")]
    [InlineData(0x211, Memory, "boot protocol")]
    [InlineData(0x100, 0x20000UL, "does not fit")]
    public void A_kernel_that_cannot_be_placed_is_refused(int offset, ulong memory, string sentence)
    {
        byte[] kernel = Kernel();
        kernel[offset] = 0;
        Assert.Contains(sentence, Refused(kernel, memory), StringComparison.Ordinal);
    }

    private static byte[] Kernel()
    {
        byte[] kernel = new byte[0x700];
        for (int at = 0x600; at < kernel.Length; at++)
        {
            kernel[at] = (byte)(at & 0xff);
        }

        "MZ"u8.CopyTo(kernel);
        BinaryPrimitives.WriteUInt32LittleEndian(kernel.AsSpan(0x3c), Pe);
        "HdrS"u8.CopyTo(kernel.AsSpan(0x202));
        BinaryPrimitives.WriteUInt16LittleEndian(kernel.AsSpan(0x206), 0x20f);
        kernel[0x211] = 1;
        kernel[0x236] = 2;
        "PE\0\0"u8.CopyTo(kernel.AsSpan(Pe));
        BinaryPrimitives.WriteUInt16LittleEndian(kernel.AsSpan(Pe + 6), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(kernel.AsSpan(Pe + 20), 240);
        BinaryPrimitives.WriteUInt16LittleEndian(kernel.AsSpan(Pe + 0x18), 0x20b);
        BinaryPrimitives.WriteUInt32LittleEndian(kernel.AsSpan(Pe + 0x18 + 60), 0x500);
        BinaryPrimitives.WriteUInt32LittleEndian(kernel.AsSpan(Pe + 0x18 + 108), 16);
        BinaryPrimitives.WriteUInt32LittleEndian(kernel.AsSpan(Pe + 0x18 + 240 + 16), 0x100);
        BinaryPrimitives.WriteUInt32LittleEndian(kernel.AsSpan(Pe + 0x18 + 240 + 20), 0x500);
        return kernel;
    }

    private static LaunchMeasurement Measure(byte[] kernel, ulong? memory) =>
        Launch(kernel, memory).TryMeasure(out LaunchMeasurement? measured, out Refusal? refusal) ? measured : throw new InvalidOperationException(refusal.Message);

    private static string Refused(byte[] kernel, ulong? memory)
    {
        Assert.False(Launch(kernel, memory).TryMeasure(out _, out Refusal? refusal));
        return refusal.Message;
    }

    private static TdxLaunch Launch(byte[] kernel, ulong? memory)
    {
        Assert.True(GuestFirmware.TryRead(SoftwareFirmware.Image, out GuestFirmware? firmware, out Refusal? refusal), refusal?.ToString());
        Assert.True(DirectBoot.TryCreate(kernel, s_initrd, "quiet", out DirectBoot? boot, out refusal), refusal?.ToString());
        return new TdxLaunch { Firmware = firmware, Boot = new TdxBoot { Boot = boot!, Memory = memory } };
    }
}
