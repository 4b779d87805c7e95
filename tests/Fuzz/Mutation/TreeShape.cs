namespace ConfidentialOperator.Fuzz.Mutation;

/// <summary>A tree of tags and lengths (DER, CBOR): elements change and the lengths around them stay right, unless a lie is the change.</summary>
internal sealed class TreeShape(ITreeForm form) : Shape
{
    private const int DeepestNest = 200;

    public override byte[] Change(byte[] bytes, Random random)
    {
        if (form.Read(bytes) is not { } root)
        {
            return Bytes.Change(bytes, random);
        }

        List<Node> all = [.. root.WithAllParts()];
        Node node = all[random.Next(all.Count)];
        switch (random.Next(9))
        {
            case 0:
                node.Tag = random.Next(form.Tags);
                break;
            case 1:
                node.Lie = random.Next(4) == 0 ? int.MaxValue / 2 : random.Next(-2, 3);
                break;
            case 2:
                node.IsOdd = true;
                break;
            case 3:
                Replace(node, all[random.Next(all.Count)].Copy());
                break;
            case 4 when random.Next(8) == 0:
                Nest(node, random.Next(2, DeepestNest));
                break;
            case 5 or 6 or 7 when node.Parts is { Count: > 0 } parts:
                ChangeParts(parts, random);
                break;
            default:
                node.Content = node.Parts is null ? Bytes.Change(node.Content, random) : node.Content;
                break;
        }

        return form.Write(root);
    }

    private static void ChangeParts(List<Node> parts, Random random)
    {
        int one = random.Next(parts.Count);
        int two = random.Next(parts.Count);
        switch (random.Next(3))
        {
            case 0:
                parts.RemoveAt(one);
                break;
            case 1:
                parts.Insert(two, parts[one].Copy());
                break;
            default:
                (parts[one], parts[two]) = (parts[two], parts[one]);
                break;
        }
    }

    private static void Replace(Node node, Node by) => (node.Tag, node.Parts, node.Content) = (by.Tag, by.Parts, by.Content);

    private static void Nest(Node node, int times)
    {
        for (; times > 0; times--)
        {
            var inner = new Node(node.Tag, node.Parts, node.Content);
            (node.Parts, node.Content) = ([inner], []);
        }
    }
}
