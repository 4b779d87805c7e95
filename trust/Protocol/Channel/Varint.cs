using System.Buffers;
using System.Buffers.Binary;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>The variable-length integers of RFC 9000 section 16.</summary>
internal static class Varint
{
    public const int LongestEncoding = 8;

    /// <summary>Returns how many bytes an encoding has, told by its first.</summary>
    public static int LengthOf(byte first) => 1 << (first >> 6);

    /// <summary>Reads an encoding whose bytes are all there.</summary>
    public static ulong Read(ReadOnlySpan<byte> encoding) => encoding.Length switch
    {
        1 => encoding[0] & 0x3FUL,
        2 => BinaryPrimitives.ReadUInt16BigEndian(encoding) & 0x3FFFUL,
        4 => BinaryPrimitives.ReadUInt32BigEndian(encoding) & 0x3FFF_FFFFUL,
        _ => BinaryPrimitives.ReadUInt64BigEndian(encoding) & 0x3FFF_FFFF_FFFF_FFFFUL,
    };

    /// <summary>Writes the shortest encoding and returns its length.</summary>
    public static int Write(Span<byte> destination, ulong value)
    {
        switch (value)
        {
            case < 1UL << 6:
                destination[0] = (byte)value;
                return 1;
            case < 1UL << 14:
                BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(value | 0x4000));
                return 2;
            case < 1UL << 30:
                BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)(value | 0x8000_0000));
                return 4;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(destination, value | 0xC000_0000_0000_0000);
                return 8;
        }
    }

    /// <summary>Appends the shortest encoding.</summary>
    public static void Write(IBufferWriter<byte> output, int value)
    {
        Span<byte> span = output.GetSpan(LongestEncoding);
        output.Advance(Write(span, (ulong)value));
    }
}
