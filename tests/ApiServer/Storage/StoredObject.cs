using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Storage;

/// <summary>One version of an object, frozen: its bytes, and what selectors and the garbage collector ask for.</summary>
internal sealed class StoredObject
{
    private StoredObject(JsonObject item, long version)
    {
        ResourceVersion = version;
        Namespace = item.Namespace();
        Name = item.Name();
        Uid = item.Uid();
        Labels = item.Find("metadata", "labels") is JsonObject labels
            ? labels.ToDictionary(pair => pair.Key, pair => pair.Value.Scalar(), StringComparer.Ordinal)
            : [];
        Owners = [.. item.Items("metadata", "ownerReferences").Select(owner => owner.Text("uid") ?? "")];
        Deleting = item.Find("metadata", "deletionTimestamp") is not null;
        Utf8 = Print(item);
    }

    public long ResourceVersion { get; }

    public string Namespace { get; }

    public string Name { get; }

    public string Uid { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    public IReadOnlyList<string> Owners { get; }

    public bool Deleting { get; }

    public byte[] Utf8 { get; }

    public string Key => KeyOf(Namespace, Name);

    public static string KeyOf(string space, string name) => $"{space}/{name}";

    /// <summary>Freezes an object under a resource version; the caller must not use the object afterwards.</summary>
    public static StoredObject Freeze(JsonObject item, long version)
    {
        item.Metadata()["resourceVersion"] = version.ToString();
        return new StoredObject(item, version);
    }

    /// <summary>A tree of its own for each caller, so that readers never share mutable nodes.</summary>
    public JsonObject Parse() => (JsonObject)JsonNode.Parse(Utf8)!;

    private static byte[] Print(JsonObject item)
    {
        ArrayBufferWriter<byte> buffer = new(2048);
        using (Utf8JsonWriter writer = new(buffer, Printing.Writer)) item.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
