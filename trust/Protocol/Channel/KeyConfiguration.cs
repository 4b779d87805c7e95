using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>An Oblivious HTTP key configuration (RFC 9458 section 3) of an X25519 key with its AEADs, the preferred first.</summary>
/// <param name="KeyId">The one-byte name of the key; it comes round again after 256 keys.</param>
/// <param name="PublicKey">The 32 bytes of the X25519 public key.</param>
/// <param name="Aeads">The AEADs that the gateway takes with this key.</param>
public sealed record KeyConfiguration(byte KeyId, ByteString PublicKey, IReadOnlyList<HpkeAead> Aeads)
{
    /// <summary>The media type of a list.</summary>
    public const string MediaType = "application/ohttp-keys";

    /// <summary>The longest list that is read.</summary>
    public const int LongestList = 16 * 1024;

    // key_id(1) kem_id(2) public_key(32) algorithms_length(2) then kdf_id(2) aead_id(2) for each suite
    private const int PublicKeyOffset = 3;
    private const int LengthOffset = PublicKeyOffset + HpkePrivateKey.Size;
    private const int SuitesOffset = LengthOffset + 2;
    private const int SuiteLength = 4;

    /// <summary>Gets the lower-case hex of the first 8 bytes of the public key's SHA-256: the key's name in headers.</summary>
    public string KeyName => Convert.ToHexStringLower(SHA256.HashData(PublicKey.Span).AsSpan(0, 8));

    /// <summary>Returns the configuration without a length before it.</summary>
    public byte[] Encode()
    {
        byte[] result = new byte[SuitesOffset + (SuiteLength * Aeads.Count)];
        result[0] = KeyId;
        BinaryPrimitives.WriteUInt16BigEndian(result.AsSpan(1), Hpke.KemId);
        PublicKey.Span.CopyTo(result.AsSpan(PublicKeyOffset));
        BinaryPrimitives.WriteUInt16BigEndian(result.AsSpan(LengthOffset), (ushort)(SuiteLength * Aeads.Count));
        for (int i = 0; i < Aeads.Count; i++)
        {
            Span<byte> suite = result.AsSpan(SuitesOffset + (SuiteLength * i), SuiteLength);
            BinaryPrimitives.WriteUInt16BigEndian(suite, Hpke.KdfId);
            BinaryPrimitives.WriteUInt16BigEndian(suite[2..], (ushort)Aeads[i]);
        }

        return result;
    }

    /// <summary>Returns the list of <c>application/ohttp-keys</c>: each configuration after its two-byte length.</summary>
    public static byte[] EncodeList(IEnumerable<KeyConfiguration> configurations)
    {
        ArgumentNullException.ThrowIfNull(configurations);
        using var list = new MemoryStream();
        Span<byte> length = stackalloc byte[2];
        foreach (KeyConfiguration configuration in configurations)
        {
            byte[] one = configuration.Encode();
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)one.Length);
            list.Write(length);
            list.Write(one);
        }

        return list.ToArray();
    }

    /// <summary>
    /// Reads a list, or one bare configuration as some gateways send. A list is tried first: its lengths must use up the bytes exactly,
    /// which a bare configuration of KEM 0x0020 cannot do. Configurations of other KEMs, KDFs and AEADs are passed over.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out IReadOnlyList<KeyConfiguration>? configurations,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        configurations = null;
        if (bytes.Length > LongestList)
        {
            refusal = new(RefusalReason.TooLarge, $"The key configurations have {bytes.Length} bytes; at most {LongestList} are read.");
            return false;
        }

        var found = new List<KeyConfiguration>();
        if (!TryList(bytes, found) && !TryAddBare(bytes, found))
        {
            refusal = new(RefusalReason.Malformed, "The key configurations are neither a list nor one bare configuration of RFC 9458 section 3.");
            return false;
        }

        configurations = found;
        refusal = found.Count > 0 ? null : new(RefusalReason.Unsupported, "No key configuration has X25519, HKDF-SHA256 and a known AEAD.");
        return refusal is null;
    }

    private static bool TryList(ReadOnlySpan<byte> bytes, List<KeyConfiguration> found)
    {
        while (!bytes.IsEmpty)
        {
            int length = bytes.Length < 2 ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(bytes);
            if (length > bytes.Length - 2 || !TryAdd(bytes.Slice(2, length), found))
            {
                found.Clear();
                return false;
            }

            bytes = bytes[(2 + length)..];
        }

        return true;
    }

    private static bool TryAddBare(ReadOnlySpan<byte> bytes, List<KeyConfiguration> found) => !bytes.IsEmpty && TryAdd(bytes, found);

    private static bool TryAdd(ReadOnlySpan<byte> one, List<KeyConfiguration> found)
    {
        if (one.Length < PublicKeyOffset)
        {
            return false;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(one[1..]) != Hpke.KemId)
        {
            return true;
        }

        int suites = one.Length < SuitesOffset ? 0 : BinaryPrimitives.ReadUInt16BigEndian(one[LengthOffset..]);
        if (suites == 0 || suites % SuiteLength != 0 || one.Length != SuitesOffset + suites)
        {
            return false;
        }

        List<HpkeAead> aeads = ReadAeads(one[SuitesOffset..]);
        if (aeads.Count > 0)
        {
            found.Add(new KeyConfiguration(one[0], new ByteString(one[PublicKeyOffset..LengthOffset]), aeads));
        }

        return true;
    }

    private static List<HpkeAead> ReadAeads(ReadOnlySpan<byte> suites)
    {
        var aeads = new List<HpkeAead>();
        for (; !suites.IsEmpty; suites = suites[SuiteLength..])
        {
            var aead = (HpkeAead)BinaryPrimitives.ReadUInt16BigEndian(suites[2..]);
            if (BinaryPrimitives.ReadUInt16BigEndian(suites) == Hpke.KdfId && aead.IsSupported())
            {
                aeads.Add(aead);
            }
        }

        return aeads;
    }
}
