using System.Buffers.Binary;
using System.Text;

namespace ConfidentialOperator.FakeTee.Nitro;

/// <summary>The few items of CBOR that a document is made of, with the freedom to write them as nobody should.</summary>
public static class CborText
{
    /// <summary>Gets null.</summary>
    public static byte[] Null => [0xF6];

    /// <summary>Returns an unsigned number.</summary>
    public static byte[] Number(ulong value) => Head(0, value);

    /// <summary>Returns a string of bytes.</summary>
    public static byte[] Bytes(ReadOnlySpan<byte> value) => [.. Head(2, (ulong)value.Length), .. value];

    /// <summary>Returns a text.</summary>
    public static byte[] Text(string value) => [.. Head(3, (ulong)Encoding.UTF8.GetByteCount(value)), .. Encoding.UTF8.GetBytes(value)];

    /// <summary>Returns an array.</summary>
    public static byte[] Array(IReadOnlyList<byte[]> items, bool indefinite = false) => Container(4, items, items.Count, indefinite);

    /// <summary>Returns a map; keys may stand twice.</summary>
    public static byte[] Map(IReadOnlyList<(byte[] Key, byte[] Value)> entries, bool indefinite = false) =>
        Container(5, entries.SelectMany(entry => new[] { entry.Key, entry.Value }), entries.Count, indefinite);

    /// <summary>Returns the first bytes of an item: its type and number or length, in the shortest form.</summary>
    public static byte[] Head(int type, ulong value)
    {
        byte[] head = new byte[9];
        BinaryPrimitives.WriteUInt64BigEndian(head.AsSpan(1), value);
        int size = value switch { < 24 => 0, <= byte.MaxValue => 1, <= ushort.MaxValue => 2, <= uint.MaxValue => 4, _ => 8 };
        byte low = size switch { 0 => (byte)value, 1 => 24, 2 => 25, 4 => 26, _ => 27 };
        head[8 - size] = (byte)((type << 5) | low);
        return head[(8 - size)..];
    }

    private static byte[] Container(int type, IEnumerable<byte[]> items, int count, bool indefinite)
    {
        byte[] content = [.. items.SelectMany(item => item)];
        return indefinite ? [(byte)((type << 5) | 31), .. content, 0xFF] : [.. Head(type, (ulong)count), .. content];
    }
}
