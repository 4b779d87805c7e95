using System.Formats.Asn1;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>
/// The outer shape that certificates and revocation lists share: content, algorithm, signature. Nothing of the algorithm is chosen by the input: the caller
/// names the vendor's scheme, and the input must say the same.
/// </summary>
internal sealed class SignedPart
{
    private const string EcdsaSha256Oid = "1.2.840.10045.4.3.2";
    private const string EcdsaSha384Oid = "1.2.840.10045.4.3.3";
    private const string PssOid = "1.2.840.113549.1.1.10";
    private const string Mgf1Oid = "1.2.840.113549.1.1.8";
    private const string Sha384Oid = "2.16.840.1.101.3.4.2.2";
    private const int SaltSize = 48;
    private const int KeySize = 4096;

    private readonly ReadOnlyMemory<byte> _algorithm;
    private readonly byte[] _signature;

    private ByteString? _knownSigner;

    private SignedPart(ReadOnlyMemory<byte> content, ReadOnlyMemory<byte> algorithm, byte[] signature)
    {
        Content = content;
        _algorithm = algorithm;
        _signature = signature;
    }

    /// <summary>Gets the signed bytes.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    public static SignedPart Read(ReadOnlyMemory<byte> der) => Read(new ByteString(der.Span));

    /// <summary>Reads the shape of bytes that nobody changes any more.</summary>
    public static SignedPart Read(ByteString der)
    {
        var whole = new AsnReader(der.Memory, AsnEncodingRules.DER);
        AsnReader parts = whole.ReadSequence();
        whole.ThrowIfNotEmpty();
        ReadOnlyMemory<byte> content = parts.ReadEncodedValue();
        ReadOnlyMemory<byte> algorithm = parts.ReadEncodedValue();
        byte[] signature = parts.ReadBitString(out int unused);
        parts.ThrowIfNotEmpty();
        return unused == 0 ? new SignedPart(content, algorithm, signature) : throw new AsnContentException("The signature is not whole bytes.");
    }

    /// <summary>Requires that the algorithm inside the signed content is the one outside.</summary>
    public void RequireAlgorithm(ReadOnlyMemory<byte> inner)
    {
        if (!inner.Span.SequenceEqual(_algorithm.Span))
        {
            throw new AsnContentException("The algorithms inside and outside differ.");
        }
    }

    /// <summary>Returns whether the issuer's key made the signature, by this scheme and no other.</summary>
    public bool IsSignedBy(Certificate issuer, SignatureScheme scheme)
    {
        try
        {
            return scheme switch
            {
                SignatureScheme.PssSha384 => IsPssBy(issuer),
                SignatureScheme.EcdsaP256Sha256 => IsP256By(issuer),
                SignatureScheme.EcdsaP384Sha384 => IsEcdsaBy(issuer, EcdsaSha384Oid, 384, HashAlgorithmName.SHA384),
                _ => throw new ArgumentOutOfRangeException(nameof(scheme), scheme, null),
            };
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            return false;
        }
    }

    private bool IsPssBy(Certificate issuer)
    {
        if (!IsPss(new AsnReader(_algorithm, AsnEncodingRules.DER)) || issuer.TakeRsaKey(KeySize) is not { } key)
        {
            return false;
        }

        bool isSigned = key.VerifyData(Content.Span, _signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
        issuer.GiveRsaKey(key);
        return isSigned;
    }

    /// <summary>The key is made once, and a good answer is remembered: a broker is shown the same lists of Intel with every quote.</summary>
    private bool IsP256By(Certificate issuer)
    {
        bool isSigned = _knownSigner == issuer.PublicKey || (States(EcdsaSha256Oid) && issuer.P256Key is { } key && key.VerifyDer(Content.Span, _signature));
        _knownSigner = isSigned ? issuer.PublicKey : _knownSigner;
        return isSigned;
    }

    private bool IsEcdsaBy(Certificate issuer, string algorithm, int size, HashAlgorithmName hash)
    {
        if (!States(algorithm))
        {
            return false;
        }

        using ECDsa? key = EcdsaKey.Load(issuer, size);
        return key is not null && key.VerifyData(Content.Span, _signature, hash, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>Returns whether it says that it is signed by this algorithm, without parameters.</summary>
    private bool States(string algorithm)
    {
        AsnReader stated = new AsnReader(_algorithm, AsnEncodingRules.DER).ReadSequence();
        return stated.ReadObjectIdentifier() == algorithm && !stated.HasData;
    }

    private static bool IsPss(AsnReader reader)
    {
        AsnReader algorithm = reader.ReadSequence();
        bool isPss = algorithm.ReadObjectIdentifier() == PssOid;
        AsnReader parameters = algorithm.ReadSequence();
        algorithm.ThrowIfNotEmpty();
        bool isHash = IsSha384(Explicit(parameters, 0).ReadSequence());
        AsnReader mask = Explicit(parameters, 1).ReadSequence();
        bool isMask = mask.ReadObjectIdentifier() == Mgf1Oid && IsSha384(mask.ReadSequence());
        bool isSalt = Explicit(parameters, 2).TryReadInt32(out int salt) && salt == SaltSize;
        bool isTrailer = !parameters.HasData || (Explicit(parameters, 3).TryReadInt32(out int trailer) && trailer == 1);
        parameters.ThrowIfNotEmpty();
        return isPss && isHash && isMask && isSalt && isTrailer;
    }

    private static AsnReader Explicit(AsnReader reader, int tag) => reader.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, tag));

    private static bool IsSha384(AsnReader algorithm)
    {
        bool isSha384 = algorithm.ReadObjectIdentifier() == Sha384Oid;
        if (algorithm.HasData)
        {
            algorithm.ReadNull();
        }

        algorithm.ThrowIfNotEmpty();
        return isSha384;
    }
}
