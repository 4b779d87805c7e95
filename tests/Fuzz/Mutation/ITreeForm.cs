namespace ConfidentialOperator.Fuzz.Mutation;

/// <summary>How a tree is written.</summary>
internal interface ITreeForm
{
    /// <summary>Gets the number of tags.</summary>
    public int Tags { get; }

    /// <summary>Reads a tree; null when it is none.</summary>
    public Node? Read(byte[] bytes);

    public byte[] Write(Node root);
}
