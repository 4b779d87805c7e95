using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>What stands in clear before a sealed request: which key and suite, and the sender's ephemeral key.</summary>
public sealed class OhttpRequestHeader
{
    // key_id(1) kem_id(2) kdf_id(2) aead_id(2) enc(32)
    private const int SuiteLength = 7;

    /// <summary>The number of bytes before the first ciphertext.</summary>
    public const int Length = SuiteLength + HpkePrivateKey.Size;

    private readonly byte[] _suite;

    private OhttpRequestHeader(byte[] suite, ByteString encapsulated)
    {
        _suite = suite;
        Encapsulated = encapsulated;
    }

    /// <summary>Gets the one-byte name of the key.</summary>
    public byte KeyId => _suite[0];

    /// <summary>Gets the AEAD that the sender chose.</summary>
    public HpkeAead Aead => (HpkeAead)BinaryPrimitives.ReadUInt16BigEndian(_suite.AsSpan(5));

    /// <summary>Gets <c>enc</c>, which is never used twice: whoever keeps it can tell a replay.</summary>
    public ByteString Encapsulated { get; }

    internal ReadOnlySpan<byte> Suite => _suite;

    /// <summary>Reads the first <see cref="Length"/> bytes of a request.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out OhttpRequestHeader? header, [NotNullWhen(false)] out Refusal? refusal)
    {
        header = null;
        if (bytes.Length < Length)
        {
            refusal = new(RefusalReason.Malformed, $"A sealed request has at least {Length} bytes; this one has {bytes.Length}.");
            return false;
        }

        ushort kem = BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
        ushort kdf = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
        var aead = (HpkeAead)BinaryPrimitives.ReadUInt16BigEndian(bytes[5..]);
        if (kem != Hpke.KemId || kdf != Hpke.KdfId || !aead.IsSupported())
        {
            refusal = new(RefusalReason.Unsupported, $"The request is sealed with KEM {kem}, KDF {kdf}, AEAD {(int)aead}; this is not spoken here.");
            return false;
        }

        header = new OhttpRequestHeader(bytes[..SuiteLength].ToArray(), new ByteString(bytes[SuiteLength..Length]));
        refusal = null;
        return true;
    }

    internal static byte[] SuiteBytes(byte keyId, HpkeAead aead)
    {
        byte[] suite = new byte[SuiteLength];
        suite[0] = keyId;
        BinaryPrimitives.WriteUInt16BigEndian(suite.AsSpan(1), Hpke.KemId);
        BinaryPrimitives.WriteUInt16BigEndian(suite.AsSpan(3), Hpke.KdfId);
        BinaryPrimitives.WriteUInt16BigEndian(suite.AsSpan(5), (ushort)aead);
        return suite;
    }
}
