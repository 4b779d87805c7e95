using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using NSec.Cryptography;

namespace ConfidentialOperator.Protocol.Signing;

/// <summary>An owner's public key (SubjectPublicKeyInfo). Its name is the SHA-256 of its DER bytes.</summary>
public sealed class OwnerPublicKey : IEquatable<OwnerPublicKey>
{
    private const int LongestSpki = 512;
    private const int LongestPem = 4096;
    private const string PemLabel = "PUBLIC KEY";

    private readonly byte[] _spki;

    private OwnerPublicKey(byte[] spki, OwnerKeyAlgorithm algorithm)
    {
        _spki = spki;
        Algorithm = algorithm;
        KeyId = Convert.ToHexStringLower(SHA256.HashData(spki));
    }

    /// <summary>Gets the lower-case hex of the SHA-256 of the DER bytes.</summary>
    public string KeyId { get; }

    /// <summary>Gets the kind of key.</summary>
    public OwnerKeyAlgorithm Algorithm { get; }

    /// <summary>Gets the name of the algorithm in JOSE (RFC 7518, RFC 8037).</summary>
    public string JoseAlgorithm => Algorithm switch
    {
        OwnerKeyAlgorithm.EcdsaP256 => "ES256",
        OwnerKeyAlgorithm.EcdsaP384 => "ES384",
        _ => "EdDSA",
    };

    /// <summary>Gets the SubjectPublicKeyInfo in DER.</summary>
    public ReadOnlySpan<byte> Spki => _spki;

    /// <summary>Reads a SubjectPublicKeyInfo in DER; trailing bytes and other kinds of key are refused.</summary>
    public static bool TryFromSpki(ReadOnlySpan<byte> der, [NotNullWhen(true)] out OwnerPublicKey? key, [NotNullWhen(false)] out Refusal? refusal)
    {
        byte[] spki = der.Length <= LongestSpki ? der.ToArray() : [];
        OwnerKeyAlgorithm? algorithm = AlgorithmOf(spki);
        key = algorithm is { } known ? new OwnerPublicKey(spki, known) : null;
        refusal = key is not null ? null
            : new(RefusalReason.Unsupported, "An owner's key must be a SubjectPublicKeyInfo of ECDSA P-256, ECDSA P-384 or Ed25519.");
        return key is not null;
    }

    /// <summary>Reads the first PEM block, which must be a <c>PUBLIC KEY</c>.</summary>
    public static bool TryFromPem(string pem, [NotNullWhen(true)] out OwnerPublicKey? key, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(pem);
        key = null;
        if (pem.Length > LongestPem || !PemEncoding.TryFind(pem, out PemFields fields) || !pem.AsSpan()[fields.Label].Equals(PemLabel, StringComparison.Ordinal))
        {
            refusal = new(RefusalReason.Malformed, $"An owner's public key must be PEM of type '{PemLabel}'.");
            return false;
        }

        return TryFromSpki(Convert.FromBase64String(pem[fields.Base64Data]), out key, out refusal);
    }

    /// <summary>Returns the key as PEM.</summary>
    public string ToPem() => PemEncoding.WriteString(PemLabel, _spki) + "\n";

    /// <summary>Verifies a signature as an envelope carries it: DER for ECDSA.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => Verify(data, signature, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>Verifies a signature of a JWT: both halves joined for ECDSA (RFC 7518 section 3.4).</summary>
    public bool VerifyJose(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        Verify(data, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <inheritdoc/>
    public bool Equals(OwnerPublicKey? other) => other is not null && other.KeyId == KeyId;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OwnerPublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => KeyId.GetHashCode(StringComparison.Ordinal);

    /// <summary>Returns the key's name.</summary>
    public override string ToString() => KeyId;

    private static OwnerKeyAlgorithm? AlgorithmOf(byte[] spki)
    {
        if (PublicKey.TryImport(SignatureAlgorithm.Ed25519, spki, KeyBlobFormat.PkixPublicKey, out _))
        {
            return OwnerKeyAlgorithm.Ed25519;
        }

        using ECDsa ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportSubjectPublicKeyInfo(spki, out int read);
            return read != spki.Length ? null : Curves.AlgorithmOf(ecdsa);
        }
        catch (Exception exception) when (exception is CryptographicException or PlatformNotSupportedException)
        {
            return null;
        }
    }

    private bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, DSASignatureFormat format)
    {
        if (Algorithm == OwnerKeyAlgorithm.Ed25519)
        {
            PublicKey key = PublicKey.Import(SignatureAlgorithm.Ed25519, _spki, KeyBlobFormat.PkixPublicKey);
            return SignatureAlgorithm.Ed25519.Verify(key, data, signature);
        }

        using ECDsa ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(_spki, out _);
        return ecdsa.VerifyData(data, signature, Curves.HashOf(Algorithm), format);
    }
}
