using System.Buffers.Binary;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement;

/// <summary>Reads the fields of an image: every read is inside the image, and a refusal names the offset.</summary>
internal readonly ref struct ImageReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public static Refusal Refuse(long offset, string sentence) => new(RefusalReason.Malformed, $"At offset 0x{offset:x}: {sentence}");

    /// <summary>Whether this many bytes stand at the offset; both may be any number that an image names.</summary>
    public bool Has(long offset, long length) => offset >= 0 && length >= 0 && offset <= _bytes.Length && length <= _bytes.Length - offset;

    public ushort Half(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[offset..]);

    public uint Word(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[offset..]);

    public ulong Long(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[offset..]);

    public Guid Guid(int offset) => new(_bytes.Slice(offset, 16));

    public bool Is(int offset, ReadOnlySpan<byte> expected) => _bytes.Slice(offset, expected.Length).SequenceEqual(expected);
}
