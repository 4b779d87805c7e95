namespace ConfidentialOperator.Lab.Node.Images;

/// <summary>An image: a folder that a container sees as <c>/app</c>, and what the image's configuration says.</summary>
/// <param name="Reference">Name and digest, as pods name it.</param>
/// <param name="Folder">The program's folder.</param>
/// <param name="Entrypoint">The command line, with paths as the container sees them.</param>
internal sealed record LocalImage(string Reference, string Folder, IReadOnlyList<string> Entrypoint)
{
    /// <summary>The folder of the program inside a container.</summary>
    public const string WorkingDirectory = "/app";

    /// <summary>The digest.</summary>
    public string Digest => Reference[(Reference.IndexOf('@', StringComparison.Ordinal) + 1)..];
}
