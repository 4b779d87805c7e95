using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.FakeTee.Azure;

/// <summary>
/// A paravisor with a virtual TPM, as Azure puts between the hardware and a confidential VM: it holds the attestation key, has the hardware vouch for what it
/// says, and signs quotes over the PCRs.
/// </summary>
public sealed class SoftwareParavisor
{
    private const int HeaderSize = 1236;
    private const int HardwareOffset = 32;
    private const int DataOffset = 1216;
    private const int Padding = 100;

    private readonly RSA _key = RSA.Create(2048);

    /// <summary>Gets the JSON that the hardware vouches for.</summary>
    public string RuntimeData => $$"""
        {"keys":[{"kid":"HCLAkPub","key_ops":["sign"],"kty":"RSA","e":"AQAB","n":"{{Base64Url.EncodeToString(_key.ExportParameters(false).Modulus)}}"},{"kid":"HCLEkPub","key_ops":["encrypt"],"kty":"RSA","e":"AQAB","n":"AQAB"}],"vm-configuration":{"console-enabled":false,"secure-boot":true,"tpm-enabled":true,"vmUniqueId":"26F8BC30-774E-4290-8E7A-535F3B672AEE"},"user-data":"{{new string('0', 128)}}"}
        """;

    /// <summary>Makes evidence.</summary>
    public AzureEvidence Attest(SoftwareAzureGuest guest)
    {
        ArgumentNullException.ThrowIfNull(guest);
        byte[] runtime = Encoding.UTF8.GetBytes(guest.RuntimeData(RuntimeData));
        byte[] reportData = new byte[ReportBinding.Size];
        (guest.HashType switch { 2 => SHA384.HashData(runtime), 3 => SHA512.HashData(runtime), _ => SHA256.HashData(runtime) }).CopyTo(reportData, 0);
        (byte[] hardware, ByteString endorsement) = guest.Hardware(new ByteString(reportData));
        byte[] quote = guest.Quote(MakeQuote(guest));
        return guest.Evidence(new AzureEvidence
        {
            Tee = guest.Tee,
            HclReport = new ByteString(guest.Report(MakeReport(guest, hardware, runtime))),
            QuoteMessage = new ByteString(quote),
            QuoteSignature = new ByteString(_key.SignData(quote, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            Pcrs = guest.Pcrs,
            Endorsement = endorsement,
        });
    }

    private static byte[] MakeReport(SoftwareAzureGuest guest, byte[] hardware, byte[] runtime)
    {
        byte[] report = new byte[HeaderSize + runtime.Length + Padding];
        Span<byte> bytes = report;
        "HCLA"u8.CopyTo(bytes);
        Write(bytes, 4, 2);
        Write(bytes, 8, HeaderSize + runtime.Length);
        Write(bytes, 12, 2);
        hardware.CopyTo(bytes[HardwareOffset..DataOffset]);
        Write(bytes, DataOffset, HeaderSize - DataOffset + runtime.Length);
        Write(bytes, DataOffset + 4, 1);
        Write(bytes, DataOffset + 8, guest.Tee == TeeKind.AzureSnp ? 2 : 4);
        Write(bytes, DataOffset + 12, guest.HashType);
        Write(bytes, DataOffset + 16, runtime.Length);
        runtime.CopyTo(bytes[HeaderSize..]);
        return report;
    }

    private static byte[] MakeQuote(SoftwareAzureGuest guest)
    {
        IEnumerable<byte> selected = guest.Pcrs.Where((_, index) => (guest.Selection & (1 << index)) != 0).SelectMany(pcr => pcr.ToArray());
        return
        [
            0xFF, 0x54, 0x43, 0x47, 0x80, 0x18, 0, 34, 0, 0x0B, .. new byte[32], 0, (byte)guest.ExtraData.Length, .. guest.ExtraData.Span, .. new byte[17 + 8],
            0, 0, 0, 1, 0, 0x0B, 3, (byte)(guest.Selection & 0xFF), (byte)((guest.Selection >> 8) & 0xFF), (byte)((guest.Selection >> 16) & 0xFF),
            0, 32, .. SHA256.HashData([.. selected]),
        ];
    }

    private static void Write(Span<byte> bytes, int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(bytes[offset..], value);
}
