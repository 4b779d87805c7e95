using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.ApiServer.Json;

/// <summary>Reading and writing below a JSON node without a null check at each step.</summary>
internal static class JsonPaths
{
    public static JsonNode? Find(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            if (node is not JsonObject container || !container.TryGetPropertyValue(name, out node)) return null;
        }

        return node;
    }

    public static JsonNode? FindDotted(this JsonNode? node, string path) =>
        node.Find(path.TrimStart('.').Split('.'));

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) => node.Find(path).AsText();

    public static string? AsText(this JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    public static long? Integer(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.Find(path) is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? (long)AsDouble(value) : null;

    public static double AsDouble(this JsonNode value) =>
        double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.Find(path) is JsonArray items ? items.OfType<JsonObject>() : [];

    /// <summary>Text of a scalar as field selectors and printer columns compare it.</summary>
    public static string Scalar(this JsonNode? node) => node switch
    {
        null => "",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => node.ToJsonString(),
    };

    /// <summary>The object under a name, made when it is absent.</summary>
    public static JsonObject Child(this JsonObject container, string name)
    {
        if (container[name] is JsonObject existing) return existing;
        JsonObject made = [];
        container[name] = made;
        return made;
    }

    public static JsonObject Metadata(this JsonObject item) => item.Child("metadata");

    public static string Name(this JsonObject item) => item.Text("metadata", "name") ?? "";

    public static string Namespace(this JsonObject item) => item.Text("metadata", "namespace") ?? "";

    public static string Uid(this JsonObject item) => item.Text("metadata", "uid") ?? "";

    public static JsonObject Copy(this JsonObject item) => (JsonObject)item.DeepClone();

    public static void SetDotted(this JsonObject container, string path, JsonNode? value)
    {
        string[] names = path.TrimStart('.').Split('.');
        foreach (string name in names[..^1]) container = container.Child(name);
        container[names[^1]] = value;
    }
}
