using System.Text.Json;

namespace ConfidentialOperator.Fuzz;

/// <summary>Recorded evidence as seeds: whole files, good and bad.</summary>
internal sealed class Corpus
{
    private const int MostSeeds = 64;

    private readonly ILookup<(string Tee, string File), string> _paths;

    private Corpus(IEnumerable<(string Tee, string File, string Path)> files) => _paths = files.ToLookup(file => (file.Tee, file.File), file => file.Path);

    public static Corpus Empty { get; } = new([]);

    /// <summary>Reads the manifest of a folder of recorded evidence.</summary>
    public static Corpus Open(string folder)
    {
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var files = new List<(string, string, string)>();
        foreach (JsonElement item in manifest.RootElement.GetProperty("items").EnumerateArray())
        {
            string tee = item.GetProperty("tee").GetString()!;
            foreach (JsonElement file in item.GetProperty("files").EnumerateArray().Where(file => seen.Add(tee + file.GetProperty("sha256").GetString())))
            {
                string path = Path.Combine(folder, file.GetProperty("path").GetString()!);
                files.Add((tee, Path.GetFileName(path), path));
            }
        }

        return new Corpus(files);
    }

    /// <summary>Returns the recorded corpus beside the repository, or where CONFIDENTIAL_SHARED says; empty when there is none.</summary>
    public static Corpus Find()
    {
        IEnumerable<string> above = Ancestors(AppContext.BaseDirectory).Concat(Ancestors(Environment.CurrentDirectory)).Select(folder => Path.Combine(folder, "shared"));
        string? shared = above.Prepend(Environment.GetEnvironmentVariable("CONFIDENTIAL_SHARED") ?? "")
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "vectors", "manifest.json")));
        return shared is null ? Empty : Open(Path.Combine(shared, "vectors"));
    }

    /// <summary>Returns the files of this name of one kind of evidence, up to a limit; and these samples.</summary>
    public IReadOnlyList<byte[]> Seeds(string tee, string file, params IEnumerable<byte[]> samples) =>
        [.. samples, .. _paths[(tee, file)].Take(MostSeeds).Select(File.ReadAllBytes)];

    private static IEnumerable<string> Ancestors(string start)
    {
        for (string? folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }
}
