using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>ECDSA P-384 over a SHA-384 digest, with r and s as 48 bytes each, big-endian, under the key of a certificate.</summary>
internal static class P384Signature
{
    /// <summary>The bytes of a signature.</summary>
    public const int Size = 96;

    /// <summary>SubjectPublicKeyInfo of a P-384 key up to its uncompressed point: the one form that is accepted.</summary>
    private static ReadOnlySpan<byte> SpkiPrefix =>
        [0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04];

    /// <summary>Returns whether the certificate has a key of this kind.</summary>
    public static bool HasKey(Certificate signer) => signer.PublicKey.Length == SpkiPrefix.Length + Size && signer.PublicKey.Span.StartsWith(SpkiPrefix);

    /// <summary>Returns whether the certificate's key made the signature.</summary>
    public static bool Verify(Certificate signer, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Size || !HasKey(signer))
        {
            return false;
        }

        try
        {
            // A key that is imported by itself is multiplied by the group's order, which costs more than the signature; on a curve of prime order it is
            // enough that the point is on the curve, and that is checked when the certificate is loaded.
            using X509Certificate2 loaded = X509CertificateLoader.LoadCertificate(signer.Der.Span);
            using ECDsa? key = loaded.GetECDsaPublicKey();
            return key is not null && key.VerifyHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
