using System.Text.Json;

namespace ConfidentialOperator.Vectors;

/// <summary>A folder of recorded evidence with its manifest.</summary>
internal sealed class VectorSet
{
    private const string Schema = "attestation-vectors/1";
    private const string DerivedKind = "derived";
    private const int MostAncestors = 8;

    private static readonly HashSet<string> s_members = new(StringComparer.Ordinal)
    {
        "id", "at", "verdict", "code", "reason", "policy", "trust", "tcb_status", "code_may_vary", "file", "note", "notes", "comment", "source",
    };

    private static readonly HashSet<string> s_verdicts = new(StringComparer.Ordinal) { "accept", "reject", "either" };
    private static readonly HashSet<string> s_kinds = new(StringComparer.Ordinal) { "real", "upstream-negative", "real-unendorsed", DerivedKind, "synthetic" };

    private readonly string _folder;
    private readonly JsonElement _manifest;
    private readonly Dictionary<string, JsonElement> _items = new(StringComparer.Ordinal);

    private VectorSet(string folder, JsonElement manifest)
    {
        (_folder, _manifest) = (folder, manifest);
        foreach (JsonElement item in manifest.GetProperty("items").EnumerateArray())
        {
            string name = item.GetProperty("name").GetString()!;
            if (!_items.TryAdd(name, item))
            {
                throw new VectorException($"item '{name}' is there twice");
            }
        }
    }

    /// <summary>Opens a folder. What is wrong with the manifest as a whole is thrown as <see cref="VectorException"/>.</summary>
    public static VectorSet Open(string folder)
    {
        string path = Path.Combine(folder, "manifest.json");
        if (!File.Exists(path))
        {
            throw new VectorException($"there is no {path}");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowDuplicateProperties = false });
            JsonElement manifest = document.RootElement.Clone();
            string? schema = manifest.GetProperty("schema").GetString();
            return schema == Schema ? new VectorSet(folder, manifest) : throw new VectorException($"manifest of schema '{schema}', expected '{Schema}'");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new VectorException($"{path} is not a manifest: {exception.Message}");
        }
    }

    /// <summary>Returns every case, each as a function, so that one that is not understood does not hide the others.</summary>
    /// <param name="tee">The kind of evidence; null for all.</param>
    public IEnumerable<(string Name, Func<VectorCase> Read)> Cases(string? tee) =>
        from item in _items.Values
        where tee is null || Text(item, "tee") == tee
        from entry in item.GetProperty("cases").EnumerateArray()
        select ($"{item.GetProperty("name").GetString()} {Text(entry, "id")}", (Func<VectorCase>)(() => Read(item, entry)));

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static string Known(HashSet<string> known, JsonElement element, string name)
    {
        string value = Text(element, name) ?? throw new VectorException($"the {name} is missing");
        return known.Contains(value) ? value : throw new VectorException($"{name} '{value}' is not known");
    }

    private VectorCase Read(JsonElement item, JsonElement entry)
    {
        string tee = Text(item, "tee") ?? throw new VectorException("the tee is missing");
        string? unknown = entry.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !s_members.Contains(name));
        VectorFiles files = ReadFiles(item, 0);
        files.CheckAll();
        return unknown is not null ? throw new VectorException($"member '{unknown}' of a case is not known") : new VectorCase(Text(item, "name")!,
            Text(entry, "id") ?? "", tee, Known(s_kinds, item, "kind"), entry.GetProperty("at").GetDateTimeOffset(), Known(s_verdicts, entry, "verdict"),
            Text(entry, "code") ?? throw new VectorException("the code is missing"))
        {
            Files = files,
            Policy = new VectorPolicy(Defaults(tee), entry.TryGetProperty("policy", out JsonElement policy) ? policy : default),
            Facts = item.TryGetProperty("facts", out JsonElement facts) ? facts : default,
            Trust = Text(entry, "trust"),
            TcbStatus = Text(entry, "tcb_status"),
            File = Text(entry, "file"),
            CodeMayVary = entry.TryGetProperty("code_may_vary", out JsonElement varies) && varies.GetBoolean(),
            OwnCode = item.GetProperty("cases").EnumerateArray().Where(other => Text(other, "trust") is not null && Text(other, "verdict") is "reject" or "either")
                .Select(other => Text(other, "code")).FirstOrDefault(),
        };
    }

    private JsonElement Defaults(string tee)
    {
        JsonElement all = _manifest.GetProperty("default_policy");
        return all.TryGetProperty(tee, out JsonElement own) || all.TryGetProperty(tee.Split('-')[0], out own) ? own
            : throw new VectorException($"there is no default policy for tee '{tee}'");
    }

    /// <summary>Items of TDX that were made of another one carry only what was changed.</summary>
    private VectorFiles ReadFiles(JsonElement item, int depth)
    {
        var files = VectorFiles.Of(_folder, item);
        if (Text(item, "tee") != "tdx" || Text(item, "kind") != DerivedKind || Text(item, "derived_from") is not { } name)
        {
            return files;
        }

        return depth < MostAncestors && _items.TryGetValue(name, out JsonElement parent) ? files.Over(ReadFiles(parent, depth + 1))
            : throw new VectorException($"the item that it was derived from, '{name}', is not in the set");
    }
}
