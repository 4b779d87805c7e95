namespace ConfidentialOperator.Lab.Demo;

/// <summary>A model of the demonstration, before it is sealed.</summary>
internal sealed record DemoModel
{
    public required string Name { get; init; }

    /// <summary>chat, embeddings or tensor.</summary>
    public required string Task { get; init; }

    /// <summary>The folder that is sealed.</summary>
    public required string Folder { get; init; }

    /// <summary>Which files of it; empty: all.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    public int Replicas { get; init; } = 1;

    public string Memory { get; init; } = "1Gi";
}
