using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.Attestation.Certificates;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>
/// ECDSA P-384 with SHA-384 over the first 0x2A0 bytes. r and s stand little-endian in fields of 72 bytes; the 24 upper bytes must be zero and both numbers
/// must be within the group's order, so that a signature has one encoding only.
/// </summary>
internal static class ReportSignature
{
    private const int R = 0x2A0;
    private const int S = 0x2E8;
    private const int FieldSize = 72;
    private const int NumberSize = 48;

    /// <summary>SubjectPublicKeyInfo of a P-384 key up to its uncompressed point: the one form that is accepted.</summary>
    private static ReadOnlySpan<byte> SpkiPrefix =>
        [0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04];

    /// <summary>The order of P-384's group, big-endian.</summary>
    private static ReadOnlySpan<byte> Order =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xC7, 0x63, 0x4D, 0x81, 0xF4, 0x37, 0x2D, 0xDF, 0x58, 0x1A, 0x0D, 0xB2, 0x48, 0xB0, 0xA7, 0x7A, 0xEC, 0xEC, 0x19, 0x6A, 0xCC, 0xC5, 0x29, 0x73,
    ];

    /// <summary>Returns whether the certificate's key signed the report.</summary>
    public static bool Verify(ReadOnlySpan<byte> report, Certificate chip)
    {
        Span<byte> signature = stackalloc byte[2 * NumberSize];
        if (!TryNumber(report.Slice(R, FieldSize), signature[..NumberSize]) || !TryNumber(report.Slice(S, FieldSize), signature[NumberSize..])
            || chip.PublicKey.Length != SpkiPrefix.Length + (2 * NumberSize) || !chip.PublicKey.Span.StartsWith(SpkiPrefix))
        {
            return false;
        }

        try
        {
            // A key that is imported by itself is multiplied by the group's order, which costs more than the signature; on a curve of prime order it is
            // enough that the point is on the curve, and that is checked when the certificate is loaded.
            using X509Certificate2 loaded = X509CertificateLoader.LoadCertificate(chip.Der.Span);
            using ECDsa? key = loaded.GetECDsaPublicKey();
            return key is not null
                && key.VerifyData(report[..SnpReport.SignedLength], signature, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool TryNumber(ReadOnlySpan<byte> field, Span<byte> number)
    {
        field[..NumberSize].CopyTo(number);
        number.Reverse();
        return !field[NumberSize..].ContainsAnyExcept((byte)0) && number.ContainsAnyExcept((byte)0) && number.SequenceCompareTo(Order) < 0;
    }
}
