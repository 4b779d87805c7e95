using System.Buffers.Binary;

namespace ConfidentialOperator.Fuzz.Mutation;

/// <summary>Plain bytes: bits, pieces taken out, put twice or put in, the end cut off, and numbers made extreme.</summary>
internal sealed class BytesShape : Shape
{
    private const int LongestPiece = 64;

    private static readonly ulong[] s_numbers = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, long.MaxValue, ulong.MaxValue];

    public override byte[] Change(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.Length + 1);
        int length = Math.Min(random.Next(1, LongestPiece), bytes.Length - at);
        return random.Next(8) switch
        {
            0 when at < bytes.Length => Put(bytes, at, [(byte)(bytes[at] ^ (1 << random.Next(8)))]),
            1 when at < bytes.Length => Put(bytes, at, [(byte)random.Next(256)]),
            2 => [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + length)],
            3 => [.. bytes.AsSpan(0, at + length), .. bytes.AsSpan(at, length), .. bytes.AsSpan(at + length)],
            4 => bytes[..at],
            5 => [.. bytes, .. new byte[random.Next(1, LongestPiece)]],
            6 when length > 1 => Put(bytes, at, bytes.AsSpan(random.Next(bytes.Length - length + 1), length)),
            _ => Number(bytes, at, random),
        };
    }

    /// <summary>Overwrites a number where one may be: with an extreme value, or with its neighbour.</summary>
    private static byte[] Number(byte[] bytes, int at, Random random)
    {
        int width = 1 << random.Next(4);
        at = bytes.Length >= width ? Math.Min(at, bytes.Length - width) / width * width : 0;
        if (bytes.Length < width)
        {
            return bytes;
        }

        Span<byte> number = stackalloc byte[8];
        number.Clear();
        bool isLittle = random.Next(2) == 0;
        bytes.AsSpan(at, width).CopyTo(isLittle ? number : number[(8 - width)..]);
        ulong value = isLittle ? BinaryPrimitives.ReadUInt64LittleEndian(number) : BinaryPrimitives.ReadUInt64BigEndian(number);
        value = random.Next(2) == 0 ? s_numbers[random.Next(s_numbers.Length)] : unchecked(value + (ulong)random.Next(-4, 5));
        if (isLittle)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(number, value);
            return Put(bytes, at, number[..width]);
        }

        BinaryPrimitives.WriteUInt64BigEndian(number, value);
        return Put(bytes, at, number[(8 - width)..]);
    }

    private static byte[] Put(byte[] bytes, int at, ReadOnlySpan<byte> piece)
    {
        byte[] changed = [.. bytes];
        piece.CopyTo(changed.AsSpan(at));
        return changed;
    }
}
