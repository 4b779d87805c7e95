using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using NSec.Cryptography;

namespace ConfidentialOperator.Protocol.Signing;

/// <summary>An owner's private key: signs policies, manifests, caller lists and tokens. It is stored as PKCS#8 PEM.</summary>
public sealed class OwnerKey : IDisposable
{
    private const int LongestPem = 4096;
    private const string PemLabel = "PRIVATE KEY";

    private readonly ECDsa? _ecdsa;
    private readonly Key? _ed25519;

    private OwnerKey(ECDsa ecdsa)
    {
        _ecdsa = ecdsa;
        PublicKey = PublicOf(ecdsa.ExportSubjectPublicKeyInfo());
    }

    private OwnerKey(Key ed25519)
    {
        _ed25519 = ed25519;
        PublicKey = PublicOf(ed25519.PublicKey.Export(KeyBlobFormat.PkixPublicKey));
    }

    /// <summary>Gets the public half.</summary>
    public OwnerPublicKey PublicKey { get; }

    /// <summary>Makes a key.</summary>
    public static OwnerKey Generate(OwnerKeyAlgorithm algorithm) => algorithm == OwnerKeyAlgorithm.Ed25519
        ? new OwnerKey(Key.Create(SignatureAlgorithm.Ed25519, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport }))
        : new OwnerKey(ECDsa.Create(Curves.CurveOf(algorithm)));

    /// <summary>Reads an unencrypted PKCS#8 key in PEM.</summary>
    public static bool TryFromPem(string pem, [NotNullWhen(true)] out OwnerKey? key, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(pem);
        key = null;
        if (pem.Length > LongestPem || !PemEncoding.TryFind(pem, out PemFields fields) || !pem.AsSpan()[fields.Label].Equals(PemLabel, StringComparison.Ordinal))
        {
            refusal = new(RefusalReason.Malformed, $"An owner's key must be PEM of type '{PemLabel}' (PKCS#8, not encrypted).");
            return false;
        }

        byte[] pkcs8 = Convert.FromBase64String(pem[fields.Base64Data]);
        key = Import(pkcs8);
        CryptographicOperations.ZeroMemory(pkcs8);
        refusal = key is not null ? null : new(RefusalReason.Unsupported, "An owner's key must be ECDSA P-256, ECDSA P-384 or Ed25519.");
        return key is not null;
    }

    /// <summary>Returns the private key as PEM, for a file that only its owner can read.</summary>
    public string ToPem()
    {
        byte[] pkcs8 = _ecdsa?.ExportPkcs8PrivateKey() ?? _ed25519!.Export(KeyBlobFormat.PkixPrivateKey);
        string pem = PemEncoding.WriteString(PemLabel, pkcs8) + "\n";
        CryptographicOperations.ZeroMemory(pkcs8);
        return pem;
    }

    /// <summary>Signs for an envelope: DER for ECDSA.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data) => Sign(data, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>Signs for a JWT: both halves joined for ECDSA (RFC 7518 section 3.4).</summary>
    public byte[] SignJose(ReadOnlySpan<byte> data) => Sign(data, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _ecdsa?.Dispose();
        _ed25519?.Dispose();
    }

    private static OwnerPublicKey PublicOf(byte[] spki) =>
        OwnerPublicKey.TryFromSpki(spki, out OwnerPublicKey? key, out Refusal? refusal) ? key : throw new CryptographicException(refusal.Message);

    private static OwnerKey? Import(byte[] pkcs8)
    {
        if (Key.TryImport(SignatureAlgorithm.Ed25519, pkcs8, KeyBlobFormat.PkixPrivateKey, out Key? ed25519,
            new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport }))
        {
            return new OwnerKey(ed25519!);
        }

        ECDsa ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportPkcs8PrivateKey(pkcs8, out int read);
            if (read == pkcs8.Length && Curves.AlgorithmOf(ecdsa) is not null)
            {
                return new OwnerKey(ecdsa);
            }
        }
        catch (Exception exception) when (exception is CryptographicException or PlatformNotSupportedException)
        {
            // Not a key, or on a curve that the platform does not know; the caller says what is accepted.
        }

        ecdsa.Dispose();
        return null;
    }

    private byte[] Sign(ReadOnlySpan<byte> data, DSASignatureFormat format) => _ecdsa is null
        ? SignatureAlgorithm.Ed25519.Sign(_ed25519!, data)
        : _ecdsa.SignData(data, Curves.HashOf(PublicKey.Algorithm), format);
}
