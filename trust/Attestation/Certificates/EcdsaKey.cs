using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>
/// The ECDSA key of a certificate, on a curve that the caller names. Only one form of SubjectPublicKeyInfo is accepted, named curve and uncompressed point:
/// nothing of a curve is chosen by the input, and a curve that the platform does not know is never asked for.
/// </summary>
internal static class EcdsaKey
{
    private static ReadOnlySpan<byte> P256 =>
        [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04];

    private static ReadOnlySpan<byte> P384 =>
        [0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04];

    /// <summary>Returns whether the certificate has a key on this curve.</summary>
    /// <param name="holder">The certificate.</param>
    /// <param name="size">The curve: 256 or 384.</param>
    public static bool Has(Certificate holder, int size)
    {
        ReadOnlySpan<byte> prefix = size == 256 ? P256 : P384;
        return holder.PublicKey.Length == prefix.Length + (size / 4) && holder.PublicKey.Span.StartsWith(prefix);
    }

    /// <summary>Returns the certificate's key; null when it has none on this curve.</summary>
    public static ECDsa? Load(Certificate holder, int size)
    {
        if (!Has(holder, size))
        {
            return null;
        }

        try
        {
            // A key that is imported by itself is multiplied by the group's order, which costs more than the signature; on a curve of prime order it is
            // enough that the point is on the curve, and that is checked when the certificate is loaded.
            using X509Certificate2 loaded = X509CertificateLoader.LoadCertificate(holder.Der.Span);
            return loaded.GetECDsaPublicKey();
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
