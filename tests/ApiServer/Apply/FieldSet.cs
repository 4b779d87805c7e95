using System.Text.Json.Nodes;

namespace ConfidentialOperator.ApiServer.Apply;

/// <summary>
/// A set of fields in the shape of <c>FieldsV1</c>: <c>f:</c> members, <c>k:</c> keyed items, <c>v:</c> set items.
/// A path is its parts joined by line feeds.
/// </summary>
internal sealed class FieldSet
{
    public const char Separator = '\n';

    private readonly SortedSet<string> _paths = new(StringComparer.Ordinal);

    public FieldSet()
    {
    }

    public FieldSet(IEnumerable<string> paths) => _paths.UnionWith(paths);

    public IReadOnlyCollection<string> Paths => _paths;

    public bool IsEmpty => _paths.Count == 0;

    public bool Contains(string path) => _paths.Contains(path);

    public void Add(IEnumerable<string> paths) => _paths.UnionWith(paths);

    public void Remove(IEnumerable<string> paths) => _paths.ExceptWith(paths);

    public bool SameAs(FieldSet other) => _paths.SetEquals(other._paths);

    /// <summary>Gets whether the set has the path or anything below it.</summary>
    public bool Covers(string path)
    {
        if (_paths.Contains(path)) return true;
        string below = path + Separator;
        return _paths.GetViewBetween(below, below + char.MaxValue).Count > 0;
    }

    public static FieldSet FromJson(JsonNode? fields)
    {
        FieldSet read = new();
        if (fields is JsonObject root) read.Read(root, "");
        return read;
    }

    public JsonObject ToJson()
    {
        JsonObject root = [];
        foreach (string path in _paths)
        {
            JsonObject at = root;
            foreach (string part in path.Split(Separator))
            {
                if (at[part] is not JsonObject next) at[part] = next = [];
                at = next;
            }

            at["."] = new JsonObject();
        }

        Tidy(root);
        return root;
    }

    private void Read(JsonObject node, string path)
    {
        if (node.Count == 0 && path.Length > 0) _paths.Add(path);
        foreach ((string name, JsonNode? below) in node)
        {
            if (name == ".") _paths.Add(path);
            else if (below is JsonObject child) Read(child, path.Length == 0 ? name : path + Separator + name);
        }
    }

    /// <summary>A leaf is an empty object; the dot is only written beside members.</summary>
    private static void Tidy(JsonObject node)
    {
        if (node.Count == 1 && node.ContainsKey(".")) node.Remove(".");
        foreach ((_, JsonNode? below) in node) Tidy((JsonObject)below!);
    }
}
