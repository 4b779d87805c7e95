using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ConfidentialOperator.ApiServer.Json;

/// <summary>Reads a request body that is JSON, or YAML when it does not look like JSON.</summary>
internal static class BodyReader
{
    private static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false, MaxDepth = 128 };

    public static JsonNode? Read(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> text = body.TrimStart(" \r\n\t"u8);
        if (text.IsEmpty) return null;
        try
        {
            return text[0] is (byte)'{' or (byte)'[' ? JsonNode.Parse(text, null, s_options) : ReadYaml(text);
        }
        catch (JsonException bad)
        {
            throw ApiErrors.BadRequest($"the object provided is unrecognized: {bad.Message}");
        }
        catch (YamlException bad)
        {
            throw ApiErrors.BadRequest($"error converting YAML to JSON: {bad.Message}");
        }
    }

    public static JsonObject ReadObject(ReadOnlySpan<byte> body) =>
        Read(body) as JsonObject ?? throw ApiErrors.BadRequest("the request body must be an object");

    /// <summary>Reads a file of manifests: YAML documents, of which empty ones do not count.</summary>
    public static IEnumerable<JsonObject> ReadManifests(string text) => Documents(text).OfType<JsonObject>();

    private static JsonNode? ReadYaml(ReadOnlySpan<byte> text) => Documents(System.Text.Encoding.UTF8.GetString(text)).FirstOrDefault();

    private static IEnumerable<JsonNode?> Documents(string text)
    {
        YamlStream stream = [];
        using StringReader reader = new(text);
        stream.Load(reader);
        return stream.Documents.Select(document => Convert(document.RootNode));
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair =>
            KeyValuePair.Create(((YamlScalarNode)pair.Key).Value ?? "", Convert(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => ConvertPlain(scalar.Value ?? ""),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };

    private static JsonNode? ConvertPlain(string text)
    {
        if (text is "" or "~" or "null" or "Null" or "NULL") return null;
        if (text is "true" or "True" or "TRUE") return true;
        if (text is "false" or "False" or "FALSE") return false;
        if (long.TryParse(text, out long integer)) return integer;
        bool looksNumeric = char.IsAsciiDigit(text[^1]) && (char.IsAsciiDigit(text[0]) || text[0] is '-' or '.');
        return looksNumeric && double.TryParse(text, out double real) ? real : text;
    }
}
