using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>
/// An X.509 v3 certificate (RFC 5280) as this verifier reads it: strict DER, no trailing byte, no extension twice. It is read by hand because the
/// platform's chain engine looks into stores, files and the network, and a verifier must give the same answer everywhere.
/// </summary>
internal sealed class Certificate
{
    /// <summary>The most bytes of a certificate.</summary>
    public const int Longest = 16 * 1024;

    private const string BasicConstraintsOid = "2.5.29.19";
    private const string KeyUsageOid = "2.5.29.15";
    private const int KeyCertSignBit = 0x04;

    private Certificate(ReadOnlyMemory<byte> der) => Der = new ByteString(der.Span);

    /// <summary>Gets the whole certificate.</summary>
    public ByteString Der { get; }

    public required SignedPart Signed { get; init; }

    public required ByteString Serial { get; init; }

    /// <summary>Gets the issuer's name in DER; names are compared byte for byte.</summary>
    public required ByteString Issuer { get; init; }

    public required ByteString Subject { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Gets SubjectPublicKeyInfo.</summary>
    public required ByteString PublicKey { get; init; }

    public required IReadOnlyDictionary<string, Extension> Extensions { get; init; }

    /// <summary>Gets the common name of the subject; empty when there is none or more than one.</summary>
    public string CommonName => DistinguishedName.CommonName(Subject);

    /// <summary>Gets whether it may issue certificates: basic constraints say so, and key usage does not say otherwise.</summary>
    public bool IsAuthority => ClaimsAuthority() && (!Extensions.TryGetValue(KeyUsageOid, out Extension? usage) || AllowsSigning(usage));

    /// <summary>Gets whether anything in it says that it may issue certificates.</summary>
    public bool HasAuthorityMark => ClaimsAuthority() || (Extensions.TryGetValue(KeyUsageOid, out Extension? usage) && AllowsSigning(usage));

    /// <summary>Gets whether it has a critical extension that this verifier does not know.</summary>
    public bool HasUnknownDemand => Extensions.Any(extension => extension.Value.Critical && extension.Key is not (BasicConstraintsOid or KeyUsageOid));

    public static bool TryParse(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out Certificate? certificate)
    {
        certificate = null;
        if (der.Length > Longest)
        {
            return false;
        }

        try
        {
            certificate = Read(der);
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    /// <summary>Returns whether the time is within the validity, both ends included.</summary>
    public bool IsValidAt(DateTimeOffset time) => NotBefore <= time && time <= NotAfter;

    private static Certificate Read(ReadOnlyMemory<byte> der)
    {
        SignedPart signed = SignedPart.Read(der);
        AsnReader body = new AsnReader(signed.Content, AsnEncodingRules.DER).ReadSequence();
        AsnReader version = body.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
        if (!version.TryReadInt32(out int number) || number != 2)
        {
            throw new AsnContentException("The version is not 3.");
        }

        ByteString serial = new(body.ReadIntegerBytes().Span);
        signed.RequireAlgorithm(body.ReadEncodedValue());
        ByteString issuer = new(body.ReadEncodedValue().Span);
        AsnReader validity = body.ReadSequence();
        (DateTimeOffset notBefore, DateTimeOffset notAfter) = (DerTime.Read(validity), DerTime.Read(validity));
        validity.ThrowIfNotEmpty();
        var certificate = new Certificate(der)
        {
            Signed = signed,
            Serial = serial,
            Issuer = issuer,
            NotBefore = notBefore,
            NotAfter = notAfter,
            Subject = new ByteString(body.ReadEncodedValue().Span),
            PublicKey = new ByteString(body.ReadEncodedValue().Span),
            Extensions = body.HasData ? Extension.ReadAll(body.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 3)).ReadSequence())
                : new Dictionary<string, Extension>(),
        };
        body.ThrowIfNotEmpty();
        return certificate;
    }

    private bool ClaimsAuthority()
    {
        if (!Extensions.TryGetValue(BasicConstraintsOid, out Extension? constraints))
        {
            return false;
        }

        try
        {
            AsnReader content = new AsnReader(constraints.Value.Memory, AsnEncodingRules.DER).ReadSequence();
            return content.HasData && content.PeekTag() == Asn1Tag.Boolean && content.ReadBoolean();
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static bool AllowsSigning(Extension usage)
    {
        try
        {
            ReadOnlySpan<byte> bits = new AsnReader(usage.Value.Memory, AsnEncodingRules.DER).ReadBitString(out _);
            return bits.Length > 0 && (bits[0] & KeyCertSignBit) != 0;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
