using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using NSec.Cryptography;

namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary>An owner's public key: ECDSA on P-256 or P-384, or Ed25519. The key decides algorithm and hash; nothing that is signed does.</summary>
internal sealed class OwnerPublicKey
{
    private readonly byte[] _spki;

    private OwnerPublicKey(byte[] spki, string algorithm)
    {
        _spki = spki;
        JoseAlgorithm = algorithm;
        KeyId = Convert.ToHexStringLower(SHA256.HashData(spki));
    }

    /// <summary>Gets the SHA-256 of the SPKI in lower-case hex.</summary>
    public string KeyId { get; }

    /// <summary>Gets the name of the algorithm in a JWS header (RFC 7518, RFC 8037).</summary>
    public string JoseAlgorithm { get; }

    public static bool TryParsePem(string pem, [NotNullWhen(true)] out OwnerPublicKey? key)
    {
        key = null;
        try
        {
            PemFields fields = PemEncoding.Find(pem);
            return pem[fields.Label] == "PUBLIC KEY" && TryParse(Convert.FromBase64String(pem[fields.Base64Data]), out key);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return false;
        }
    }

    public static bool TryParse(byte[] spki, [NotNullWhen(true)] out OwnerPublicKey? key)
    {
        string? algorithm = Algorithm(spki);
        key = algorithm is null ? null : new OwnerPublicKey(spki, algorithm);
        return key is not null;
    }

    /// <summary>Verifies a signature of fixed length, as JOSE writes it.</summary>
    public bool VerifyJose(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => Verify(data, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>Verifies a signature as DSSE carries it: DER for ECDSA.</summary>
    public bool VerifyDsse(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => Verify(data, signature, DSASignatureFormat.Rfc3279DerSequence);

    private static string? Algorithm(byte[] spki)
    {
        if (PublicKey.TryImport(SignatureAlgorithm.Ed25519, spki, KeyBlobFormat.PkixPublicKey, out _))
        {
            return "EdDSA";
        }

        using ECDsa ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportSubjectPublicKeyInfo(spki, out int read);
            return read != spki.Length ? null : ecdsa.ExportParameters(false).Curve.Oid.Value switch
            {
                "1.2.840.10045.3.1.7" => "ES256",
                "1.3.132.0.34" => "ES384",
                _ => null,
            };
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, DSASignatureFormat format)
    {
        if (JoseAlgorithm == "EdDSA")
        {
            PublicKey key = PublicKey.Import(SignatureAlgorithm.Ed25519, _spki, KeyBlobFormat.PkixPublicKey);
            return SignatureAlgorithm.Ed25519.Verify(key, data, signature);
        }

        using ECDsa ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(_spki, out _);
        return ecdsa.VerifyData(data, signature, JoseAlgorithm == "ES256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384, format);
    }
}
