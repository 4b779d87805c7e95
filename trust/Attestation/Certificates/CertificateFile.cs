using System.Security.Cryptography;
using System.Text;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>Takes certificates out of bytes that may be one in DER or several in PEM.</summary>
internal static class CertificateFile
{
    /// <summary>The most bytes of PEM: a chain has five thousand. Looking for ends that are not there takes the square of the length.</summary>
    public const int LongestPem = 32 * 1024;

    private const string Label = "CERTIFICATE";

    /// <summary>Returns the DER of each; bytes that are not PEM, or too many, are returned as they are.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> data) =>
        data.Length > LongestPem || data.Span.IndexOf("-----BEGIN"u8) < 0 ? [data] : SplitPem(Encoding.ASCII.GetString(data.Span));

    public static IReadOnlyList<ReadOnlyMemory<byte>> SplitPem(string text)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            if (rest[fields.Label].SequenceEqual(Label))
            {
                byte[] der = new byte[fields.DecodedDataLength];
                _ = Convert.TryFromBase64Chars(rest[fields.Base64Data], der, out _);
                found.Add(der);
            }

            rest = rest[fields.Location.End..];
        }

        return found;
    }
}
