using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ConfidentialOperator.Models.Onnx;

/// <summary>Writes protocol buffers: the four wire types that ONNX and SentencePiece files need.</summary>
internal sealed class ProtoWriter
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>Writes an integer field.</summary>
    public void Integer(int field, long value)
    {
        Tag(field, Varint);
        Number(unchecked((ulong)value));
    }

    /// <summary>Writes a single-precision field.</summary>
    public void Single(int field, float value)
    {
        Tag(field, Fixed32);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _buffer.Write(bytes);
    }

    /// <summary>Writes a text field.</summary>
    public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Writes a field of bytes.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, LengthDelimited);
        Number((ulong)value.Length);
        _buffer.Write(value);
    }

    /// <summary>Writes a nested message.</summary>
    public void Message(int field, Action<ProtoWriter> write)
    {
        ProtoWriter inner = new();
        write(inner);
        Bytes(field, inner._buffer.WrittenSpan);
    }

    /// <summary>Returns what was written.</summary>
    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    private void Tag(int field, int wireType) => Number(((ulong)field << 3) | (uint)wireType);

    private void Number(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)((value & 0x7F) | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    private void Byte(byte value) => _buffer.Write([value]);
}
