using System.Buffers.Binary;

namespace ConfidentialOperator.Fuzz.Mutation;

/// <summary>
/// CBOR. The tag of a node is its major type (times 32) with the additional information of simple values; parts are the items of arrays, maps and tags, and of
/// byte strings that hold CBOR.
/// </summary>
internal sealed class CborForm : ITreeForm
{
    private const int Deepest = 16;
    private const int ByteString = 2;
    private const int Array = 4;
    private const int Map = 5;
    private const int Tag = 6;
    private const int Open = 31;
    private const byte Break = 0xFF;

    public int Tags => 8 * 32;

    public Node? Read(byte[] bytes)
    {
        int at = 0;
        return ReadOne(bytes, ref at, 0) is { } root && at == bytes.Length ? root : null;
    }

    public byte[] Write(Node root)
    {
        var bytes = new List<byte>();
        Write(root, bytes);
        return [.. bytes];
    }

    private static Node? ReadOne(byte[] bytes, ref int at, int depth)
    {
        if (at >= bytes.Length || depth > Deepest)
        {
            return null;
        }

        (int major, int info) = (bytes[at] >> 5, bytes[at] & 31);
        at++;
        if (info == Open)
        {
            return major is Array or Map ? ReadOpen(bytes, ref at, major, depth) : null;
        }

        int size = info < 24 ? 0 : info <= 27 ? 1 << (info - 24) : -1;
        if (size < 0 || size > bytes.Length - at)
        {
            return null;
        }

        byte[] number = bytes[at..(at + size)];
        at += size;
        ulong value = size == 0 ? (ulong)info : Number(number);
        return major switch
        {
            ByteString or 3 => ReadText(bytes, ref at, major, value, depth),
            Array or Map or Tag => ReadParts(bytes, ref at, major, value, depth),
            _ => new Node((major * 32) + info, null, number),
        };
    }

    private static Node? ReadText(byte[] bytes, ref int at, int major, ulong length, int depth)
    {
        if (length > (ulong)(bytes.Length - at))
        {
            return null;
        }

        byte[] content = bytes[at..(at + (int)length)];
        at += content.Length;
        int inner = 0;
        bool mayHoldCbor = major == ByteString && content.Length > 2 && content[0] >> 5 is Array or Map;
        return mayHoldCbor && ReadOne(content, ref inner, depth + 1) is { } part && inner == content.Length
            ? new Node(major * 32, [part], []) : new Node(major * 32, null, content);
    }

    private static Node? ReadParts(byte[] bytes, ref int at, int major, ulong value, int depth)
    {
        ulong count = major switch { Array => value, Map => value <= int.MaxValue ? value * 2 : ulong.MaxValue, _ => 1 };
        if (count > (ulong)(bytes.Length - at))
        {
            return null;
        }

        var parts = new List<Node>();
        for (; count > 0; count--)
        {
            if (ReadOne(bytes, ref at, depth + 1) is not { } part)
            {
                return null;
            }

            parts.Add(part);
        }

        byte[] tag = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(tag, value);
        return new Node(major * 32, parts, major == Tag ? tag : []);
    }

    private static Node? ReadOpen(byte[] bytes, ref int at, int major, int depth)
    {
        var parts = new List<Node>();
        while (at < bytes.Length && bytes[at] != Break)
        {
            if (ReadOne(bytes, ref at, depth + 1) is not { } part)
            {
                return null;
            }

            parts.Add(part);
        }

        return at++ < bytes.Length ? new Node(major * 32, parts, []) { IsOdd = true } : null;
    }

    private static void Write(Node node, List<byte> bytes)
    {
        (int major, int info) = (node.Tag >> 5, node.Tag & 31);
        switch (major)
        {
            case Array or Map when node.IsOdd:
                bytes.Add((byte)((major << 5) | Open));
                node.Parts?.ForEach(part => Write(part, bytes));
                bytes.Add(Break);
                break;
            case Array or Map:
                Head(bytes, major, Lied((node.Parts?.Count ?? node.Content.Length) / (major == Map ? 2 : 1), node), false);
                node.Parts?.ForEach(part => Write(part, bytes));
                break;
            case Tag:
                Head(bytes, Tag, node.Content.Length == 8 ? Number(node.Content) : 0, node.IsOdd);
                node.Parts?.ForEach(part => Write(part, bytes));
                break;
            case ByteString or 3:
                var inner = new List<byte>(node.Content);
                node.Parts?.ForEach(part => Write(part, inner));
                Head(bytes, major, Lied(inner.Count, node), node.IsOdd);
                bytes.AddRange(inner);
                break;
            default:
                bytes.Add((byte)((major << 5) | info));
                bytes.AddRange(node.Content);
                break;
        }
    }

    private static ulong Lied(int length, Node node) => (ulong)Math.Max(0, (long)length + node.Lie);

    private static void Head(List<byte> bytes, int major, ulong value, bool isLong)
    {
        if (value < 24 && !isLong)
        {
            bytes.Add((byte)((major << 5) | (int)value));
            return;
        }

        int power = isLong ? 3 : value <= byte.MaxValue ? 0 : value <= ushort.MaxValue ? 1 : value <= uint.MaxValue ? 2 : 3;
        bytes.Add((byte)((major << 5) | (24 + power)));
        for (int shift = ((1 << power) - 1) * 8; shift >= 0; shift -= 8)
        {
            bytes.Add(unchecked((byte)(value >> shift)));
        }
    }

    private static ulong Number(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        foreach (byte part in bytes)
        {
            value = unchecked((value << 8) | part);
        }

        return value;
    }
}
