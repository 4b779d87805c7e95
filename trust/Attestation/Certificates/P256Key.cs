using System.Security.Cryptography;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>
/// An ECDSA P-256 key that is ready to verify with SHA-256. Making one costs more than a signature, so whoever has a key that is used again keeps it. The key
/// is uncompressed and on the named curve, or there is none.
/// </summary>
internal sealed class P256Key : IDisposable
{
    /// <summary>The bytes of a point, x and y, and of a signature, r and s.</summary>
    public const int NumbersSize = 64;

    private readonly ECDsa _key;

    private P256Key(ECDsa key) => _key = key;

    /// <summary>SubjectPublicKeyInfo of a P-256 key up to its uncompressed point: the one form that is accepted.</summary>
    private static ReadOnlySpan<byte> SpkiPrefix =>
        [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04];

    /// <summary>Returns the key of SubjectPublicKeyInfo; null when it is of another kind.</summary>
    public static P256Key? FromSpki(ByteString spki) =>
        spki.Length == SpkiPrefix.Length + NumbersSize && spki.Span.StartsWith(SpkiPrefix) ? FromPoint(spki.Span[SpkiPrefix.Length..]) : null;

    /// <summary>Returns the key of a point; null when it is not on the curve.</summary>
    public static P256Key? FromPoint(ReadOnlySpan<byte> point)
    {
        if (point.Length != NumbersSize)
        {
            return null;
        }

        try
        {
            return new P256Key(ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = point[..32].ToArray(), Y = point[32..].ToArray() },
            }));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Returns whether the key made a signature of r and s, 32 bytes each.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => signature.Length == NumbersSize
        && Verify(data, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>Returns whether the key made a signature in DER.</summary>
    public bool VerifyDer(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => Verify(data, signature, DSASignatureFormat.Rfc3279DerSequence);

    public void Dispose() => _key.Dispose();

    private bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, DSASignatureFormat format)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data, digest);
        try
        {
            return _key.VerifyHash(digest, signature, format);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
