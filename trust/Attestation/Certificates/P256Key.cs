using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>
/// An ECDSA P-256 key that is ready to verify with SHA-256. Making one costs more than a signature, so whoever has a key that is used again keeps it. The key
/// is uncompressed and on the named curve, or there is none. Several may use it at once: each has a handle of its own, since the platform does not promise
/// that two may share one.
/// </summary>
internal sealed class P256Key : IDisposable
{
    /// <summary>The bytes of a point, x and y, and of a signature, r and s.</summary>
    public const int NumbersSize = 64;

    private const int Size = 256;

    private const int MostHandles = 16;

    private readonly ECParameters _point;
    private readonly ConcurrentBag<ECDsa> _handles = [];

    private P256Key(ECParameters point, ECDsa first)
    {
        _point = point;
        _handles.Add(first);
    }

    /// <summary>Returns the key of a certificate; null when it has another kind.</summary>
    public static P256Key? Of(Certificate holder) => EcdsaKey.Has(holder, Size) ? FromPoint(holder.PublicKey.Span[^NumbersSize..]) : null;

    /// <summary>Returns the key of a point; null when it is not on the curve.</summary>
    public static P256Key? FromPoint(ReadOnlySpan<byte> point)
    {
        if (point.Length != NumbersSize)
        {
            return null;
        }

        try
        {
            var parameters = new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = point[..32].ToArray(), Y = point[32..].ToArray() },
            };
            return new P256Key(parameters, ECDsa.Create(parameters));
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

    /// <summary>Ends the handles that nobody uses.</summary>
    public void Dispose()
    {
        while (_handles.TryTake(out ECDsa? handle))
        {
            handle.Dispose();
        }
    }

    private bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, DSASignatureFormat format)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data, digest);
        ECDsa handle = _handles.TryTake(out ECDsa? idle) ? idle : ECDsa.Create(_point);
        try
        {
            return handle.VerifyHash(digest, signature, format);
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            Give(handle);
        }
    }

    private void Give(ECDsa handle)
    {
        if (_handles.Count < MostHandles)
        {
            _handles.Add(handle);
        }
        else
        {
            handle.Dispose();
        }
    }
}
