namespace ConfidentialOperator.Fuzz.Mutation;

/// <summary>An element of a tree of tags and lengths: with parts, or with content.</summary>
internal sealed class Node(int tag, List<Node>? parts, byte[] content)
{
    public int Tag { get; set; } = tag;

    public List<Node>? Parts { get; set; } = parts;

    public byte[] Content { get; set; } = content;

    /// <summary>Gets or sets what is added to the length that is written: not zero makes it a lie.</summary>
    public int Lie { get; set; }

    /// <summary>Gets or sets whether the length is written longer than it needs to be, or left open where the form allows it.</summary>
    public bool IsOdd { get; set; }

    public Node Copy() => new(Tag, Parts?.ConvertAll(part => part.Copy()), [.. Content]) { Lie = Lie, IsOdd = IsOdd };

    public IEnumerable<Node> WithAllParts() => Parts is null ? [this] : Parts.SelectMany(part => part.WithAllParts()).Prepend(this);
}
