using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.FakeTee.Tdx;

/// <summary>A platform with a PCK and a quoting enclave that sign with their own keys.</summary>
public sealed class SoftwareTdxPlatform
{
    private const int QeReportSize = 384;
    private const string QeSigner = "dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5";
    private const string IntelVendor = "939a7233f79c4ca9940a0db3957f0607";

    private readonly ECDsa _pck;
    private readonly ECDsa _attestationKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _chain;

    internal SoftwareTdxPlatform(SoftwareTdxPki pki, SoftwarePck facts, ECDsa key, X509Certificate2 certificate)
    {
        _pck = key;
        Pki = pki;
        Facts = facts;
        CertificateDer = certificate.RawData;
        _chain = Encoding.ASCII.GetBytes(string.Concat(new[] { CertificateDer, pki.AuthorityDer, pki.RootDer }
            .Select(der => new string(PemEncoding.Write("CERTIFICATE", der)) + "\n")));
    }

    /// <summary>Gets whose platform it is.</summary>
    public SoftwareTdxPki Pki { get; }

    /// <summary>Gets what its certificate says.</summary>
    public SoftwarePck Facts { get; }

    /// <summary>Gets the PCK certificate in DER.</summary>
    public byte[] CertificateDer { get; }

    /// <summary>Signs a quote.</summary>
    public ByteString Sign(SoftwareQuote quote)
    {
        ArgumentNullException.ThrowIfNull(quote);
        byte[] signed = Signed(quote);
        byte[] key = Point(_attestationKey);
        byte[] report = QeReport(quote, key);
        byte[] chain = quote.Certificates?.Invoke(_chain) ?? _chain;
        byte[] reportSignature = Sign(_pck, report);
        byte[] certification = [.. report, .. reportSignature, .. Number(quote.AuthenticationData.Length, 2), .. quote.AuthenticationData,
            .. Number(quote.CertificationType, 2), .. Number(chain.Length, 4), .. chain];
        byte[] signature = [.. Sign(_attestationKey, signed), .. key, .. Number(6, 2), .. Number(certification.Length, 4), .. certification];
        byte[] whole = [.. signed, .. Number(signature.Length, 4), .. signature];
        quote.Altered?.Invoke(whole);
        return new ByteString(whole);
    }

    private static byte[] Signed(SoftwareQuote quote)
    {
        byte[] body = quote.ToReport();
        byte[] header = new byte[48];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)quote.Version);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(2), 2);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), 0x81);
        Convert.FromHexString(quote.QeVendor ?? IntelVendor).CopyTo(header, 12);
        return quote.Version == 4 ? [.. header, .. body] : [.. header, .. Number(body.Length == 648 ? 3 : 2, 2), .. Number(body.Length, 4), .. body];
    }

    private static byte[] QeReport(SoftwareQuote quote, byte[] key)
    {
        byte[] report = new byte[QeReportSize];
        report[48] = 0x11;
        Convert.FromHexString(QeSigner).CopyTo(report, 128);
        BinaryPrimitives.WriteUInt16LittleEndian(report.AsSpan(256), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(report.AsSpan(258), 7);
        SHA256.HashData([.. key, .. quote.AuthenticationData]).CopyTo(report, 320);
        quote.QeReport?.Invoke(report);
        return report;
    }

    private static byte[] Point(ECDsa key)
    {
        ECParameters parameters = key.ExportParameters(false);
        return [.. parameters.Q.X!, .. parameters.Q.Y!];
    }

    private static byte[] Sign(ECDsa key, byte[] data) => key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private static byte[] Number(int value, int size)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes[..size];
    }
}
