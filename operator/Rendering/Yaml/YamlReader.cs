using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ConfidentialOperator.Rendering.Yaml;

/// <summary>
/// Reads YAML 1.2 (and therefore JSON) into JSON values with the types of the core schema. Aliases, duplicate keys and tags are
/// refused: none of them is needed here, and each has been a way to make two readers see two documents.
/// </summary>
public static class YamlReader
{
    private const int MaxLength = 1 << 20;
    private const int MaxDepth = 64;

    /// <summary>Reads all documents of a text.</summary>
    /// <param name="text">The text, at most 1 MiB.</param>
    /// <param name="documents">The documents; empty ones are left out.</param>
    /// <param name="error">What is wrong, with line and column.</param>
    /// <returns>Whether the text was read.</returns>
    public static bool TryRead(string text, out IReadOnlyList<JsonNode> documents, [NotNullWhen(false)] out string? error)
    {
        documents = [];
        if (text.Length > MaxLength)
        {
            error = $"the text is longer than {MaxLength} characters";
            return false;
        }

        try
        {
            RefuseAliasesAndDepth(text);
            YamlStream stream = new();
            stream.Load(new StringReader(text));
            documents = [.. stream.Documents.Select(document => Convert(document.RootNode)).OfType<JsonNode>()];
            error = null;
            return true;
        }
        catch (YamlException broken)
        {
            error = $"line {broken.Start.Line}, column {broken.Start.Column}: {broken.Message}";
            return false;
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException or OverflowException)
        {
            // The scanner has inputs on which it fails in its own way; they are no YAML either.
            error = "the text is not YAML";
            return false;
        }
    }

    // Done on the stream of events, before anything is built: a small text can describe a huge or endless tree.
    private static void RefuseAliasesAndDepth(string text)
    {
        Parser parser = new(new StringReader(text));
        int depth = 0;
        while (parser.MoveNext())
        {
            YamlDotNet.Core.Events.ParsingEvent current = parser.Current!;
            depth += current.NestingIncrease;
            if (current is YamlDotNet.Core.Events.AnchorAlias)
            {
                throw new YamlException(current.Start, current.End, "aliases are not allowed");
            }

            if (depth > MaxDepth)
            {
                throw new YamlException(current.Start, current.End, $"the nesting is deeper than {MaxDepth}");
            }
        }
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode mapping => ConvertMapping(mapping),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Select(Convert)]),
        YamlScalarNode scalar => ConvertScalar(scalar),
        _ => throw new YamlException(node.Start, node.End, "this kind of node is not allowed"),
    };

    private static JsonObject ConvertMapping(YamlMappingNode mapping)
    {
        JsonObject result = [];
        foreach ((YamlNode key, YamlNode value) in mapping)
        {
            if (key is not YamlScalarNode { Value: { } name })
            {
                throw new YamlException(key.Start, key.End, "a key must be a text");
            }

            if (!result.TryAdd(name, Convert(value)))
            {
                throw new YamlException(key.Start, key.End, $"the key {name} is given twice");
            }
        }

        return result;
    }

    private static JsonValue? ConvertScalar(YamlScalarNode scalar)
    {
        string text = scalar.Value ?? "";
        if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific)
        {
            throw new YamlException(scalar.Start, scalar.End, "tags are not allowed");
        }

        return scalar.Style is ScalarStyle.Plain ? ConvertPlain(text) : JsonValue.Create(text);
    }

    private static JsonValue? ConvertPlain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => JsonValue.Create(number),
        _ when IsFloat(text) => JsonValue.Create(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(text),
    };

    private static bool IsFloat(string text) =>
        text.All(c => char.IsAsciiDigit(c) || c is '.' or '-' or '+' or 'e' or 'E')
        && text.Any(char.IsAsciiDigit)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        && double.IsFinite(number);
}
