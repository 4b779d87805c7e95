using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement;

/// <summary>
/// The signature section of an enclave image: CBOR, an array of maps with <c>signing_certificate</c> (PEM) and <c>signature</c>, each as a byte string or as an
/// array of numbers. Only the certificate is measured; Nitro itself checks the signature when the enclave starts.
/// </summary>
internal static class EnclaveSigner
{
    private const int LongestSection = 64 * 1024;

    /// <summary>Returns the certificate (DER) of the first signature.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> section, [NotNullWhen(true)] out ByteString? certificate, [NotNullWhen(false)] out string? fault)
    {
        certificate = null;
        fault = section.Length > LongestSection ? $"it has more than {LongestSection} bytes" : null;
        if (fault is not null)
        {
            return false;
        }

        try
        {
            byte[]? pem = ReadCertificate(new CborReader(section, CborConformanceMode.Lax));
            certificate = pem is null ? null : Der(pem);
            fault = certificate is null ? "its first signature has no certificate in PEM" : null;
        }
        catch (Exception exception) when (exception is CborContentException or InvalidOperationException or OverflowException)
        {
            fault = "it is not CBOR of the expected form";
        }

        return certificate is not null;
    }

    private static byte[]? ReadCertificate(CborReader reader)
    {
        reader.ReadStartArray();
        if (reader.PeekState() == CborReaderState.EndArray)
        {
            return null;
        }

        byte[]? found = null;
        reader.ReadStartMap();
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            if (reader.ReadTextString() == "signing_certificate")
            {
                found = ReadBytes(reader);
            }
            else
            {
                reader.SkipValue();
            }
        }

        return found;
    }

    private static byte[] ReadBytes(CborReader reader)
    {
        if (reader.PeekState() == CborReaderState.ByteString)
        {
            return reader.ReadByteString();
        }

        var bytes = new List<byte>();
        reader.ReadStartArray();
        while (reader.PeekState() != CborReaderState.EndArray)
        {
            bytes.Add(checked((byte)reader.ReadUInt32()));
        }

        reader.ReadEndArray();
        return [.. bytes];
    }

    private static ByteString? Der(byte[] pem)
    {
        string text = Encoding.ASCII.GetString(pem);
        if (!PemEncoding.TryFind(text, out PemFields fields) || text[fields.Label] != "CERTIFICATE")
        {
            return null;
        }

        byte[] der = new byte[fields.DecodedDataLength];
        return Convert.TryFromBase64Chars(text.AsSpan()[fields.Base64Data], der, out int written) && written == der.Length ? new ByteString(der) : null;
    }
}
