using System.Text;
using System.Text.Json;
using ConfidentialOperator.Controller.Kubernetes;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>A ConfigMap or Secret that a specification names.</summary>
internal sealed record ReferencedObject(ObjectKey Key, string Uid, long Version, IReadOnlyDictionary<string, byte[]> Data) : ICached
{
    public ObjectKey? Model => null;

    public static ReferencedObject Read(ResourceType type, JsonElement item)
    {
        bool secret = type == ResourceType.Secrets;
        Dictionary<string, byte[]> data = new(StringComparer.Ordinal);
        Fill(data, item.Member("data"), encoded: secret);
        Fill(data, item.Member("binaryData"), encoded: true);
        return new ReferencedObject(item.KeyOf(), item.Metadata().Text("uid"), item.VersionOf(), data);
    }

    private static void Fill(Dictionary<string, byte[]> data, JsonElement? members, bool encoded)
    {
        foreach (JsonProperty member in members is { ValueKind: JsonValueKind.Object } given ? given.EnumerateObject() : default)
        {
            string text = member.Value.GetString() ?? "";
            data[member.Name] = encoded ? Convert.FromBase64String(text) : Encoding.UTF8.GetBytes(text);
        }
    }
}
