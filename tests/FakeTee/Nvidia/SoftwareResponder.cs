using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.FakeTee.Nvidia;

/// <summary>A responder that says whether certificates are in force (RFC 6960), appointed by the issuer of each certificate.</summary>
public sealed record SoftwareResponder
{
    /// <summary>The purpose of certificates of responders.</summary>
    public const string OcspSigning = "1.3.6.1.5.5.7.3.9";

    private const string BasicOid = "1.3.6.1.5.5.7.48.1.1";
    private const string Sha384Oid = "2.16.840.1.101.3.4.2.2";
    private const string EcdsaSha384Oid = "1.2.840.10045.4.3.3";

    /// <summary>Gets when the answer was made.</summary>
    public required DateTimeOffset ThisUpdate { get; init; }

    /// <summary>Gets its end; null for none.</summary>
    public DateTimeOffset? NextUpdate { get; init; }

    /// <summary>Gets what it says: good, revoked, hold, unknown.</summary>
    public string Status { get; init; } = "good";

    /// <summary>Gets the purpose in the responder's certificate.</summary>
    public string Purpose { get; init; } = OcspSigning;

    /// <summary>Gets who appoints the responder; null for the issuer.</summary>
    public SoftwareAuthority? AppointedBy { get; init; }

    /// <summary>Gets the end of the responder's certificate; null for never.</summary>
    public DateTimeOffset? ResponderNotAfter { get; init; }

    /// <summary>Gets whether the issuer signs itself.</summary>
    public bool IsIssuer { get; init; }

    /// <summary>Gets a change of the signed content after it was signed.</summary>
    public Action<byte[]>? Change { get; init; }

    /// <summary>Answers about a certificate.</summary>
    public ByteString Answer(SoftwareAuthority certificate, SoftwareAuthority issuer)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(issuer);
        SoftwareAuthority signer = IsIssuer ? issuer : (AppointedBy ?? issuer).Issue("OCSP Responder", false, null, ResponderNotAfter,
            new X509EnhancedKeyUsageExtension([new Oid(Purpose)], true));
        byte[] data = Data(certificate.Certificate, issuer.Certificate, signer.Certificate);
        byte[] signature = signer.Key.SignData(data, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence);
        Change?.Invoke(data);
        var basic = new AsnWriter(AsnEncodingRules.DER);
        using (basic.PushSequence())
        {
            basic.WriteEncodedValue(data);
            WriteAlgorithm(basic, EcdsaSha384Oid);
            basic.WriteBitString(signature);
            if (!IsIssuer)
            {
                using (basic.PushSequence(Context(0)))
                using (basic.PushSequence())
                {
                    basic.WriteEncodedValue(signer.Certificate.RawData);
                }
            }
        }

        return new ByteString(Wrap(basic.Encode()));
    }

    private static byte[] Wrap(byte[] basic)
    {
        var whole = new AsnWriter(AsnEncodingRules.DER);
        using (whole.PushSequence())
        {
            whole.WriteEncodedValue([0x0A, 0x01, 0x00]);
            using (whole.PushSequence(Context(0)))
            using (whole.PushSequence())
            {
                whole.WriteObjectIdentifier(BasicOid);
                whole.WriteOctetString(basic);
            }
        }

        return whole.Encode();
    }

    private byte[] Data(X509Certificate2 certificate, X509Certificate2 issuer, X509Certificate2 signer)
    {
        var data = new AsnWriter(AsnEncodingRules.DER);
        using (data.PushSequence())
        {
            using (data.PushSequence(Context(1)))
            {
                data.WriteEncodedValue(signer.SubjectName.RawData);
            }

            data.WriteGeneralizedTime(ThisUpdate, omitFractionalSeconds: true);
            using (data.PushSequence())
            using (data.PushSequence())
            {
                WriteId(data, certificate, issuer);
                WriteStatus(data);
                data.WriteGeneralizedTime(ThisUpdate, omitFractionalSeconds: true);
                if (NextUpdate is { } next)
                {
                    using (data.PushSequence(Context(0)))
                    {
                        data.WriteGeneralizedTime(next, omitFractionalSeconds: true);
                    }
                }
            }
        }

        return data.Encode();
    }

    private static void WriteId(AsnWriter data, X509Certificate2 certificate, X509Certificate2 issuer)
    {
        using (data.PushSequence())
        {
            using (data.PushSequence())
            {
                data.WriteObjectIdentifier(Sha384Oid);
                data.WriteNull();
            }

            data.WriteOctetString(SHA384.HashData(certificate.IssuerName.RawData));
            data.WriteOctetString(SHA384.HashData(issuer.PublicKey.EncodedKeyValue.RawData));
            data.WriteInteger(certificate.SerialNumberBytes.Span);
        }
    }

    private void WriteStatus(AsnWriter data)
    {
        if (Status is "good" or "unknown")
        {
            data.WriteNull(Context(Status == "good" ? 0 : 2));
            return;
        }

        using (data.PushSequence(Context(1)))
        {
            data.WriteGeneralizedTime(ThisUpdate, omitFractionalSeconds: true);
            if (Status == "hold")
            {
                using (data.PushSequence(Context(0)))
                {
                    data.WriteEncodedValue([0x0A, 0x01, 0x06]);
                }
            }
        }
    }

    private static void WriteAlgorithm(AsnWriter writer, string oid)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
        }
    }

    private static Asn1Tag Context(int tag) => new(TagClass.ContextSpecific, tag);
}
