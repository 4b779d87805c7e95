using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
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
    private const int MostKeys = 16;

    private readonly (bool IsAuthority, int? PathLength)? _constraints;
    private ConcurrentBag<RSA>? _rsaKeys;

    private Certificate(ByteString der, IReadOnlyDictionary<string, Extension> extensions)
    {
        Der = der;
        Extensions = extensions;
        _constraints = ReadConstraints(extensions);
    }

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

    public IReadOnlyDictionary<string, Extension> Extensions { get; }

    /// <summary>Gets the key, ready to verify, when it is of P-256; otherwise null. It is made once.</summary>
    public P256Key? P256Key => field ??= P256Key.Of(this);

    /// <summary>Gets the common name of the subject; empty when there is none or more than one.</summary>
    public string CommonName => field ??= DistinguishedName.CommonName(Subject);

    /// <summary>Gets whether it may issue certificates: basic constraints say so, and key usage does not say otherwise.</summary>
    public bool IsAuthority => ClaimsAuthority() && (!Extensions.TryGetValue(KeyUsageOid, out Extension? usage) || AllowsSigning(usage));

    /// <summary>Gets whether anything in it says that it may issue certificates.</summary>
    public bool HasAuthorityMark => ClaimsAuthority() || (Extensions.TryGetValue(KeyUsageOid, out Extension? usage) && AllowsSigning(usage));

    /// <summary>Gets whether it has a critical extension that this verifier does not know.</summary>
    public bool HasUnknownDemand => HasDemandBeyond(new HashSet<string>());

    /// <summary>Gets how many authorities may stand below it on a path; null for any number.</summary>
    public int? PathLength => _constraints?.PathLength;

    public static bool TryParse(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out Certificate? certificate)
    {
        certificate = null;
        return der.Length <= Longest && TryParse(new ByteString(der.Span), out certificate);
    }

    public static bool TryParse(ByteString der, [NotNullWhen(true)] out Certificate? certificate)
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

    /// <summary>Returns whether it has a critical extension that neither this verifier nor its caller knows.</summary>
    public bool HasDemandBeyond(IReadOnlySet<string> known)
    {
        foreach ((string oid, Extension extension) in Extensions)
        {
            if (extension.Critical && oid is not (BasicConstraintsOid or KeyUsageOid) && !known.Contains(oid))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Has the certificate keep its key ready: for built-in ones, which verify every chain.</summary>
    public Certificate KeepKey()
    {
        _rsaKeys ??= [];
        return this;
    }

    /// <summary>Takes its RSA key, for one user at a time; null when it has none of this size.</summary>
    public RSA? TakeRsaKey(int size)
    {
        if (_rsaKeys is not null && _rsaKeys.TryTake(out RSA? kept))
        {
            return kept;
        }

        RSA key = RSA.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(PublicKey.Span, out int read);
            if (read == PublicKey.Length && key.KeySize == size)
            {
                return key;
            }
        }
        catch (CryptographicException)
        {
            // It has no RSA key.
        }

        key.Dispose();
        return null;
    }

    /// <summary>Gives the key back.</summary>
    public void GiveRsaKey(RSA key)
    {
        if (_rsaKeys is { Count: < MostKeys })
        {
            _rsaKeys.Add(key);
        }
        else
        {
            key.Dispose();
        }
    }

    /// <summary>Returns whether the time is within the validity, both ends included.</summary>
    public bool IsValidAt(DateTimeOffset time) => NotBefore <= time && time <= NotAfter;

    private static Certificate Read(ByteString der)
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
        ByteString subject = new(body.ReadEncodedValue().Span);
        ByteString publicKey = new(body.ReadEncodedValue().Span);
        IReadOnlyDictionary<string, Extension> extensions = body.HasData
            ? Extension.ReadAll(body.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 3)).ReadSequence()) : new Dictionary<string, Extension>();
        body.ThrowIfNotEmpty();
        return new Certificate(der, extensions)
        {
            Signed = signed,
            Serial = serial,
            Issuer = issuer,
            NotBefore = notBefore,
            NotAfter = notAfter,
            Subject = subject,
            PublicKey = publicKey,
        };
    }

    private bool ClaimsAuthority() => _constraints is { IsAuthority: true };

    private static (bool IsAuthority, int? PathLength)? ReadConstraints(IReadOnlyDictionary<string, Extension> extensions)
    {
        if (!extensions.TryGetValue(BasicConstraintsOid, out Extension? constraints))
        {
            return null;
        }

        var reader = new AsnReader(constraints.Value.Memory, AsnEncodingRules.DER);
        AsnReader content = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        bool isAuthority = content.HasData && content.PeekTag() == Asn1Tag.Boolean && content.ReadBoolean();
        int? most = null;
        if (content.HasData)
        {
            most = content.TryReadInt32(out int length) && length >= 0 ? length : throw new AsnContentException("The path length is not a number.");
        }

        content.ThrowIfNotEmpty();
        return (isAuthority, most);
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
