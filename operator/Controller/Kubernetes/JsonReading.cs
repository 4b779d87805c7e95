using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>Short ways into objects of the API, whose members may all be absent.</summary>
internal static class JsonReading
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static JsonElement? Member(this JsonElement element, string first, string second) => element.Member(first)?.Member(second);

    public static string? TryText(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static long? TryNumber(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) ? number : null;

    public static DateTimeOffset? TryTime(this JsonElement element, string name) =>
        DateTimeOffset.TryParse(element.TryText(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    public static string Text(this JsonElement element, string name) =>
        element.TryText(name) ?? throw new JsonException($"The member '{name}' is missing.");

    /// <summary>Gets the metadata, which every object has.</summary>
    public static JsonElement Metadata(this JsonElement item) =>
        item.Member("metadata") ?? throw new JsonException("The object has no metadata.");

    public static ObjectKey KeyOf(this JsonElement item) => new(item.Metadata().TryText("namespace") ?? "", item.Metadata().Text("name"));

    /// <summary>Reads a resource version as a number, which all servers use and which tells old from new.</summary>
    public static long VersionOf(this JsonElement item) =>
        long.TryParse(item.Metadata().TryText("resourceVersion"), NumberStyles.None, CultureInfo.InvariantCulture, out long version) ? version : 0;

    /// <summary>Copies an object without what only costs memory: the field owners and kubectl's copy of the object.</summary>
    public static JsonElement Slim(this JsonElement item)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            Write(writer, item, depth: 0);
        }

        return JsonSerializer.Deserialize<JsonElement>(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement item, int depth)
    {
        writer.WriteStartObject();
        foreach (JsonProperty member in item.EnumerateObject().Where(member => depth == 0 || member.Name is not ("managedFields" or LastApplied)))
        {
            writer.WritePropertyName(member.Name);
            if (member.Value.ValueKind == JsonValueKind.Object && ((depth == 0 && member.Name == "metadata") || (depth == 1 && member.Name == "annotations")))
            {
                Write(writer, member.Value, depth + 1);
            }
            else
            {
                member.Value.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }
}
