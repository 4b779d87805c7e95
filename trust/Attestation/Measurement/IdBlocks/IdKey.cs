using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement.IdBlocks;

// SEV-SNP ABI specification, public key: u32 curve (2: P-384), x and y of 72 bytes, little-endian, zeros up to 1,028 bytes.
// Signature: r and s of 72 bytes, little-endian, zeros up to 512 bytes.

/// <summary>A key that signs ID blocks or other such keys, in AMD's form. Its digest is what the report carries.</summary>
public sealed class IdKey
{
    /// <summary>The length of a key in AMD's form.</summary>
    public const int Size = 1028;

    internal const int SignatureSize = 512;

    private const uint CurveP384 = 2;
    private const int NumberSize = 72;
    private const int CurveSize = 48;

    private IdKey(ByteString bytes) => Bytes = bytes;

    /// <summary>Gets the key in AMD's form.</summary>
    public ByteString Bytes { get; }

    /// <summary>Gets ID_KEY_DIGEST or AUTHOR_KEY_DIGEST: the SHA-384 of the key in AMD's form.</summary>
    public ByteString Digest => new(SHA384.HashData(Bytes.Span));

    /// <summary>Takes the public half of a key; refuses one that is not on P-384.</summary>
    public static bool TryCreate(ECDsa key, [NotNullWhen(true)] out IdKey? made, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(key);
        ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
        if (key.KeySize != 8 * CurveSize || parameters.Curve.Oid.Value != "1.3.132.0.34")
        {
            made = null;
            refusal = new(RefusalReason.Unsupported, $"An ID key is an ECDSA key on P-384; this one is on {parameters.Curve.Oid.FriendlyName} with {key.KeySize} bits.");
            return false;
        }

        byte[] bytes = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, CurveP384);
        Reverse(parameters.Q.X, bytes.AsSpan(4));
        Reverse(parameters.Q.Y, bytes.AsSpan(4 + NumberSize));
        made = new IdKey(new ByteString(bytes));
        refusal = null;
        return true;
    }

    internal static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out IdKey? key)
    {
        bool sound = bytes.Length == Size && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == CurveP384 && IsZero(bytes.Slice(4 + CurveSize, NumberSize - CurveSize))
            && IsZero(bytes[(4 + NumberSize + CurveSize)..]);
        key = sound ? new IdKey(new ByteString(bytes)) : null;
        return sound;
    }

    internal static void Sign(ECDsa key, ReadOnlySpan<byte> data, Span<byte> signature)
    {
        byte[] made = key.SignData(data, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        Reverse(made.AsSpan(0, CurveSize), signature);
        Reverse(made.AsSpan(CurveSize), signature[NumberSize..]);
    }

    internal bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (!IsZero(signature.Slice(CurveSize, NumberSize - CurveSize)) || !IsZero(signature[(NumberSize + CurveSize)..]))
        {
            return false;
        }

        Span<byte> plain = stackalloc byte[2 * CurveSize];
        Reverse(signature[..CurveSize], plain);
        Reverse(signature.Slice(NumberSize, CurveSize), plain[CurveSize..]);
        byte[] x = new byte[CurveSize];
        byte[] y = new byte[CurveSize];
        Reverse(Bytes.Span.Slice(4, CurveSize), x);
        Reverse(Bytes.Span.Slice(4 + NumberSize, CurveSize), y);
        try
        {
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP384, Q = new ECPoint { X = x, Y = y } });
            return key.VerifyData(data, plain, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static void Reverse(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        to[..from.Length].Reverse();
    }

    private static bool IsZero(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept((byte)0);
}
