namespace ConfidentialOperator.Fuzz.Mutation;

/// <summary>DER with tags of one byte. Constructed elements have parts, and so have OCTET STRINGs that hold an element.</summary>
internal sealed class DerForm : ITreeForm
{
    private const int Deepest = 16;
    private const byte OctetString = 0x04;
    private const byte Constructed = 0x20;

    public int Tags => 256;

    public Node? Read(byte[] bytes)
    {
        List<Node>? parts = ReadAll(bytes, 0);
        return parts is { Count: 1 } ? parts[0] : null;
    }

    public byte[] Write(Node root)
    {
        var bytes = new List<byte>();
        Write(root, bytes);
        return [.. bytes];
    }

    private static List<Node>? ReadAll(ReadOnlySpan<byte> bytes, int depth)
    {
        var parts = new List<Node>();
        while (bytes.Length > 0)
        {
            if (depth > Deepest || bytes.Length < 2 || !TryReadLength(bytes[1..], out int length, out int size) || length > bytes.Length - 1 - size)
            {
                return null;
            }

            ReadOnlySpan<byte> content = bytes.Slice(1 + size, length);
            bool mayHaveParts = (bytes[0] & Constructed) != 0 || (bytes[0] == OctetString && length > 2);
            List<Node>? inner = mayHaveParts ? ReadAll(content, depth + 1) : null;
            parts.Add(new Node(bytes[0], inner, inner is null ? content.ToArray() : []));
            bytes = bytes[(1 + size + length)..];
        }

        return parts;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> bytes, out int length, out int size)
    {
        (length, size) = (bytes[0], 1);
        if (bytes[0] < 0x80)
        {
            return true;
        }

        size = 1 + (bytes[0] & 0x7F);
        length = 0;
        if (size is < 2 or > 4 || size > bytes.Length)
        {
            return false;
        }

        foreach (byte part in bytes[1..size])
        {
            length = (length << 8) | part;
        }

        return true;
    }

    private static void Write(Node node, List<byte> bytes)
    {
        byte[] content = node.Content;
        if (node.Parts is { } parts)
        {
            var inner = new List<byte>();
            parts.ForEach(part => Write(part, inner));
            content = [.. inner];
        }

        bytes.Add((byte)node.Tag);
        long length = Math.Max(0, (long)content.Length + node.Lie);
        if (length < 0x80 && !node.IsOdd)
        {
            bytes.Add((byte)length);
        }
        else
        {
            int size = node.IsOdd ? 4 : length <= 0xFF ? 1 : length <= 0xFFFF ? 2 : 4;
            bytes.Add((byte)(0x80 | size));
            for (int shift = (size - 1) * 8; shift >= 0; shift -= 8)
            {
                bytes.Add(unchecked((byte)(length >> shift)));
            }
        }

        bytes.AddRange(content);
    }
}
