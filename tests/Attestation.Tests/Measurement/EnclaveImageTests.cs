using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.FakeTee.Nitro;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Measurement;

public class EnclaveImageTests
{
    private static readonly byte[] s_image = Make();

    [Fact]
    public void Pcrs_are_those_of_the_sections()
    {
        LaunchMeasurement measured = Read(s_image).Measure();
        Assert.Equal(Pcr("kernelline" + "first" + "second"), measured.Values["pcr0"].ToString());
        Assert.Equal(Pcr("kernelline" + "first"), measured.Values["pcr1"].ToString());
        Assert.Equal(Pcr("second"), measured.Values["pcr2"].ToString());
        Assert.False(measured.Values.ContainsKey("pcr8"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_signed_image_has_the_pcr_of_its_certificate(bool numbers)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using X509Certificate2 certificate = new CertificateRequest("CN=signer", key, HashAlgorithmName.SHA384).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90));
        byte[] signed = SoftwareEnclaveImage.Make(
            (SoftwareEnclaveImage.Kernel, "kernel"u8.ToArray()), (SoftwareEnclaveImage.CommandLine, "line"u8.ToArray()), (SoftwareEnclaveImage.Ramdisk, "first"u8.ToArray()),
            (SoftwareEnclaveImage.Ramdisk, "second"u8.ToArray()), (SoftwareEnclaveImage.Signature, Signature(certificate.ExportCertificatePem(), numbers)));
        LaunchMeasurement measured = Read(signed).Measure();
        Assert.Equal(Pcr(certificate.RawData), measured.Values["pcr8"].ToString());
        Assert.Equal(Read(s_image).Measure().Values["pcr0"], measured.Values["pcr0"]);
    }

    [Theory]
    [InlineData(0x000, "'.eif'")]
    [InlineData(0x005, "versions 3 and 4")]
    [InlineData(0x01B, "sections")]
    [InlineData(0x023, "follows the one before")]
    [InlineData(0x11C, "follows the one before")]
    [InlineData(0x225, "type")]
    [InlineData(0x22F, "size")]
    public void A_changed_field_is_refused_with_its_offset(int offset, string sentence)
    {
        byte[] changed = [.. s_image];
        changed[offset] ^= 0x40;
        Refusal refusal = Refused(SoftwareEnclaveImage.Seal(changed));
        Assert.Equal(RefusalReason.Malformed, refusal.Reason);
        Assert.StartsWith("At offset 0x", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_file_is_told_by_its_checksum()
    {
        byte[] changed = [.. s_image];
        changed[^1] ^= 1;
        Assert.Contains("checksum", Refused(changed).Message, StringComparison.Ordinal);
        Assert.Contains("checksum", Refused(s_image[..^1]).Message, StringComparison.Ordinal);
        Assert.Contains("nothing would measure", Refused(SoftwareEnclaveImage.Seal([.. s_image, 0])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_has_one_kernel_one_command_line_and_a_ramdisk()
    {
        (ushort, byte[]) kernel = (SoftwareEnclaveImage.Kernel, [1]);
        (ushort, byte[]) line = (SoftwareEnclaveImage.CommandLine, [2]);
        (ushort, byte[]) ramdisk = (SoftwareEnclaveImage.Ramdisk, [3]);
        (ushort, byte[])[][] wrong = [[line, ramdisk], [kernel, ramdisk], [kernel, line], [kernel, kernel, line, ramdisk], [kernel, line, line, ramdisk]];
        Assert.All(wrong, sections => Assert.Contains("one kernel", Refused(SoftwareEnclaveImage.Make(sections)).Message, StringComparison.Ordinal));
        Assert.Contains("signature section", Refused(SoftwareEnclaveImage.Make(kernel, line, ramdisk, (SoftwareEnclaveImage.Signature, [0x80]))).Message, StringComparison.Ordinal);
    }

    private static byte[] Make() => SoftwareEnclaveImage.Make(
        (SoftwareEnclaveImage.Kernel, "kernel"u8.ToArray()), (SoftwareEnclaveImage.CommandLine, "line"u8.ToArray()), (SoftwareEnclaveImage.Ramdisk, "first"u8.ToArray()),
        (SoftwareEnclaveImage.Ramdisk, "second"u8.ToArray()));

    private static string Pcr(string data) => Pcr(Encoding.ASCII.GetBytes(data));

    private static string Pcr(byte[] data) => Convert.ToHexStringLower(SHA384.HashData([.. new byte[48], .. SHA384.HashData(data)]));

    private static byte[] Signature(string pem, bool numbers)
    {
        var writer = new CborWriter();
        writer.WriteStartArray(1);
        writer.WriteStartMap(2);
        foreach ((string name, byte[] content) in new[] { ("signing_certificate", Encoding.ASCII.GetBytes(pem)), ("signature", [1, 2, 3]) })
        {
            writer.WriteTextString(name);
            if (!numbers)
            {
                writer.WriteByteString(content);
                continue;
            }

            writer.WriteStartArray(content.Length);
            Array.ForEach(content, value => writer.WriteUInt32(value));
            writer.WriteEndArray();
        }

        writer.WriteEndMap();
        writer.WriteEndArray();
        return writer.Encode();
    }

    private static EnclaveImage Read(byte[] bytes) => EnclaveImage.TryRead(bytes, out EnclaveImage? image, out Refusal? refusal) ? image : throw new InvalidOperationException(refusal.Message);

    private static Refusal Refused(byte[] bytes)
    {
        Assert.False(EnclaveImage.TryRead(bytes, out _, out Refusal? refusal));
        return refusal;
    }
}
