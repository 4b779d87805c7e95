using System.Text.Json;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Generation.Loading;

/// <summary>Reads the JSON files that lie beside a model. Their authors add members freely, so unknown members are passed over.</summary>
internal static class ModelJson
{
    /// <summary>Reads a file; null when there is none.</summary>
    public static JsonDocument? Read(ModelFiles files, string name, RefusalReason reason)
    {
        if (!files.TryGet(name, out ReadOnlyMemory<byte> content)) return null;
        try
        {
            var document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 64 });
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            throw new ModelFormatException(reason, $"{name} must be a JSON object; export the model again.");
        }
        catch (JsonException exception)
        {
            throw new ModelFormatException(
                reason, $"{name} is not JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}); export the model again.");
        }
    }

    /// <summary>A member, when it is there and not null.</summary>
    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement member) && member.ValueKind != JsonValueKind.Null
            ? member
            : null;

    /// <summary>A member that is text.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    /// <summary>A member that is true or false; absent: the default.</summary>
    public static bool Flag(this JsonElement element, string name, bool absent = false) =>
        element.Member(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } member ? member.GetBoolean() : absent;

    /// <summary>A member that is a whole number of at least one that fits an int. Larger ones say "no limit" and are passed over.</summary>
    public static int? Count(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } member && member.TryGetInt32(out int value) && value > 0 ? value : null;

    /// <summary>A member that is one id or a list of ids.</summary>
    public static IEnumerable<int> Ids(this JsonElement element, string name)
    {
        if (element.Member(name) is not { } member) return [];
        IEnumerable<JsonElement> items = member.ValueKind == JsonValueKind.Array ? member.EnumerateArray() : [member];
        return items.Where(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int id) && id >= 0).Select(item => item.GetInt32()).ToArray();
    }
}
