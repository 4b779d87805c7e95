using System.IO.Enumeration;

namespace ConfidentialOperator.Attestation.Tests.Peers;

/// <summary>A verdict of a peer that is not ours, with its cause: a line of <c>differences.tsv</c>.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Tee">The kind of evidence.</param>
/// <param name="Item">The items, with asterisks.</param>
/// <param name="Case">The cases, with asterisks.</param>
/// <param name="Theirs">What the peer says.</param>
/// <param name="Cause">Why.</param>
internal sealed record Difference(string Peer, string Tee, string Item, string Case, string Theirs, string Cause)
{
    private const int Columns = 6;

    public static IReadOnlyList<Difference> All { get; } = Read();

    public bool Explains(string peer, string item, string @case, string theirs) =>
        Peer == peer && Theirs == theirs && FileSystemName.MatchesSimpleExpression(Item, item) && FileSystemName.MatchesSimpleExpression(Case, @case);

    private static Difference[] Read()
    {
        using Stream stream = typeof(Difference).Assembly.GetManifestResourceStream("differences.tsv")!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(Read)];
    }

    private static Difference Read(string line)
    {
        string[] parts = line.Split('\t', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == Columns ? new Difference(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5])
            : throw new InvalidDataException($"differences.tsv needs {Columns} columns, and has {parts.Length} in '{line}'.");
    }
}
