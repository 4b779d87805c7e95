using System.Security.Cryptography;
using System.Text.Json;

namespace ConfidentialOperator.Vectors;

/// <summary>
/// The files of an item by their names below its folder, with size and digest as the manifest says. Names that an item of kind derived leaves out may come
/// from the item that it was made of.
/// </summary>
internal sealed class VectorFiles
{
    private readonly Dictionary<string, string> _paths;
    private readonly Dictionary<string, JsonElement> _entries;

    private VectorFiles(Dictionary<string, string> paths, Dictionary<string, JsonElement> entries) => (_paths, _entries) = (paths, entries);

    /// <summary>Gets the folder of the set.</summary>
    public string SetFolder { get; private init; } = "";

    public IEnumerable<string> Names => _paths.Keys.Order(StringComparer.Ordinal);

    public static VectorFiles Of(string root, JsonElement item)
    {
        string folder = item.GetProperty("name").GetString()! + "/";
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonElement entry in item.GetProperty("files").EnumerateArray())
        {
            string path = entry.GetProperty("path").GetString()!;
            string name = path.StartsWith(folder, StringComparison.Ordinal) ? path[folder.Length..] : Path.GetFileName(path);
            string whole = Path.GetFullPath(Path.Combine(root, path));
            if (!whole.StartsWith(Path.GetFullPath(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !paths.TryAdd(name, whole))
            {
                throw new VectorException($"file '{path}' is outside the set, or its name '{name}' is there twice");
            }

            entries[name] = entry;
        }

        return new VectorFiles(paths, entries) { SetFolder = root };
    }

    /// <summary>Returns these files over those of another item.</summary>
    public VectorFiles Over(VectorFiles below)
    {
        var paths = new Dictionary<string, string>(below._paths, StringComparer.Ordinal);
        var entries = new Dictionary<string, JsonElement>(below._entries, StringComparer.Ordinal);
        foreach ((string name, string path) in _paths)
        {
            (paths[name], entries[name]) = (path, _entries[name]);
        }

        return new VectorFiles(paths, entries) { SetFolder = SetFolder };
    }

    public bool Has(string name) => _paths.ContainsKey(name);

    /// <summary>Returns a file that must be there.</summary>
    public byte[] Read(string name)
    {
        if (!_paths.TryGetValue(name, out string? path))
        {
            throw new VectorException($"the item has no file '{name}'");
        }

        if (!File.Exists(path))
        {
            throw new VectorException($"file '{name}' is in the manifest and not in the folder");
        }

        byte[] bytes = File.ReadAllBytes(path);
        JsonElement entry = _entries[name];
        string digest = entry.GetProperty("sha256").GetString()!;
        return bytes.Length == entry.GetProperty("size").GetInt64() && digest.Equals(Convert.ToHexString(SHA256.HashData(bytes)), StringComparison.OrdinalIgnoreCase)
            ? bytes : throw new VectorException($"file '{name}' has {bytes.Length} bytes and is not the one of the manifest");
    }

    /// <summary>Returns a file, or null when the item has none of this name.</summary>
    public byte[]? Find(string name) => Has(name) ? Read(name) : null;

    /// <summary>Reads every file, so that none is missing or altered even when no runner looks at it.</summary>
    public void CheckAll()
    {
        foreach (string name in _paths.Keys)
        {
            Read(name);
        }
    }
}
