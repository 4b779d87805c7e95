using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>LabeledExtract and LabeledExpand of RFC 9180 section 4, over HKDF-SHA256.</summary>
internal static class HpkeLabels
{
    /// <summary>Nh: the length of SHA-256.</summary>
    public const int HashLength = 32;

    private static ReadOnlySpan<byte> Version => "HPKE-v1"u8;

    public static void Extract(ReadOnlySpan<byte> suite, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> input, Span<byte> key)
    {
        byte[] labeled = [.. Version, .. suite, .. label, .. input];
        HKDF.Extract(HashAlgorithmName.SHA256, labeled, salt, key);
        CryptographicOperations.ZeroMemory(labeled);
    }

    public static void Expand(ReadOnlySpan<byte> suite, ReadOnlySpan<byte> key, ReadOnlySpan<byte> label, ReadOnlySpan<byte> info, Span<byte> output)
    {
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)output.Length);
        byte[] labeled = [.. length, .. Version, .. suite, .. label, .. info];
        HKDF.Expand(HashAlgorithmName.SHA256, key, output, labeled);
    }
}
