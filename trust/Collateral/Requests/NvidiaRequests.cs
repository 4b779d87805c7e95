using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply.Requests;

/// <summary>Questions to NVIDIA's services: <c>v1/rim/ID</c> (JSON with the manifest in Base64), and OCSP by POST (RFC 6960, appendix A).</summary>
public static class NvidiaRequests
{
    private const int LongestId = 128;
    private const int NonceSize = 32;
    private const string Sha384Oid = "2.16.840.1.101.3.4.2.2";
    private const string NonceOid = "1.3.6.1.5.5.7.48.1.2";

    /// <summary>Asks for a manifest.</summary>
    /// <param name="id">Its id, such as <c>NV_GPU_DRIVER_GH100_550.90.07</c>.</param>
    /// <param name="request">The question.</param>
    /// <param name="refusal">Why this is no id.</param>
    public static bool TryRim(string id, [NotNullWhen(true)] out CollateralRequest? request, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(id);
        bool isId = id.Length is > 0 and <= LongestId && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-') && !id.Contains("..", StringComparison.Ordinal);
        refusal = isId ? null : new(RefusalReason.Malformed, $"The id of a reference manifest has 1 to {LongestId} letters, digits, dots, dashes and underscores, such as NV_GPU_DRIVER_GH100_550.90.07.");
        request = isId ? new(CollateralOrigin.NvidiaRim, KindOf(id), $"v1/rim/{id}") { Id = id } : null;
        return isId;
    }

    /// <summary>Asks whether a certificate was revoked.</summary>
    /// <param name="certificate">The certificate, in DER.</param>
    /// <param name="issuer">Its issuer, in DER.</param>
    /// <param name="withNonce">Whether the answer must be made for this question; it cannot be shared then.</param>
    /// <param name="request">The question.</param>
    /// <param name="refusal">Why the certificates cannot be asked about.</param>
    public static bool TryOcsp(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> issuer, bool withNonce,
        [NotNullWhen(true)] out CollateralRequest? request, [NotNullWhen(false)] out Refusal? refusal)
    {
        request = null;
        try
        {
            using X509Certificate2 subject = X509CertificateLoader.LoadCertificate(certificate);
            using X509Certificate2 authority = X509CertificateLoader.LoadCertificate(issuer);
            if (!subject.IssuerName.RawData.AsSpan().SequenceEqual(authority.SubjectName.RawData))
            {
                refusal = new(RefusalReason.Malformed, "The second certificate is not the issuer of the first: their names differ.");
                return false;
            }

            request = new(CollateralOrigin.NvidiaOcsp, CollateralKinds.Ocsp, "") { Body = new ByteString(Write(subject, authority, withNonce)), IsCacheable = !withNonce };
            refusal = null;
            return true;
        }
        catch (CryptographicException)
        {
            refusal = new(RefusalReason.Malformed, "A certificate that is to be asked about cannot be read; expected DER.");
            return false;
        }
    }

    private static string KindOf(string id) => id.Contains("BIOS_", StringComparison.OrdinalIgnoreCase) ? CollateralKinds.VbiosRim : CollateralKinds.DriverRim;

    /// <summary>OCSPRequest of one entry; NVIDIA's responder knows issuers by SHA-384.</summary>
    private static byte[] Write(X509Certificate2 subject, X509Certificate2 authority, bool withNonce)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            using (writer.PushSequence())
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Sha384Oid);
                    writer.WriteNull();
                }

                writer.WriteOctetString(SHA384.HashData(authority.SubjectName.RawData));
                writer.WriteOctetString(SHA384.HashData(authority.PublicKey.EncodedKeyValue.RawData));
                writer.WriteInteger(subject.SerialNumberBytes.Span);
            }

            if (withNonce)
            {
                WriteNonce(writer);
            }
        }

        return writer.Encode();
    }

    private static void WriteNonce(AsnWriter writer)
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(NonceOid);
            using (writer.PushOctetString())
            {
                writer.WriteOctetString(RandomNumberGenerator.GetBytes(NonceSize));
            }
        }
    }
}
