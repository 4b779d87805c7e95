using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.Rendering.Yaml;

/// <summary>Writes JSON values as block-style YAML 1.2: the same value gives the same bytes, with LF and two spaces.</summary>
public static class YamlText
{
    private static readonly string[] s_words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "~", ".inf", ".nan", "-.inf"];

    /// <summary>Writes one document.</summary>
    /// <param name="node">The value.</param>
    /// <returns>The text, ending in a line feed.</returns>
    public static string Write(JsonNode node)
    {
        StringBuilder text = new();
        WriteNode(text, node, 0, inline: false);
        return text.ToString();
    }

    /// <summary>Writes several documents with a separator between them.</summary>
    /// <param name="nodes">The values.</param>
    /// <returns>The text.</returns>
    public static string Write(IEnumerable<JsonNode> nodes) => string.Join("---\n", nodes.Select(Write));

    private static void WriteNode(StringBuilder text, JsonNode? node, int depth, bool inline)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } members:
                WriteMembers(text, members, depth, inline);
                break;
            case JsonArray { Count: > 0 } items:
                WriteItems(text, items, depth, inline);
                break;
            default:
                text.Append(inline ? " " : "");
                WriteScalar(text, node, depth);
                break;
        }
    }

    private static void WriteMembers(StringBuilder text, JsonObject members, int depth, bool inline)
    {
        if (inline)
        {
            text.Append('\n');
        }

        foreach ((string name, JsonNode? value) in members)
        {
            Indent(text, depth).Append(Scalar(name)).Append(':');
            bool flush = value is JsonArray;
            WriteNode(text, value, flush ? depth : depth + 1, inline: true);
        }
    }

    private static void WriteItems(StringBuilder text, JsonArray items, int depth, bool inline)
    {
        if (inline)
        {
            text.Append('\n');
        }

        foreach (JsonNode? item in items)
        {
            StringBuilder inner = new();
            WriteNode(inner, item, depth + 1, inline: false);
            string body = inner.ToString();
            int lead = (depth + 1) * 2;
            bool indented = body.Length > lead && item is JsonObject { Count: > 0 } or JsonArray { Count: > 0 };
            Indent(text, depth).Append("- ").Append(indented ? body[lead..] : body);
        }
    }

    private static void WriteScalar(StringBuilder text, JsonNode? node, int depth)
    {
        string? literal = node is JsonValue value && value.TryGetValue(out string? candidate) ? candidate : null;
        if (literal is null || !IsBlock(literal))
        {
            text.Append(literal is null ? Other(node) : Scalar(literal)).Append('\n');
            return;
        }

        text.Append(literal.EndsWith('\n') ? "|\n" : "|-\n");
        foreach (string line in (literal.EndsWith('\n') ? literal[..^1] : literal).Split('\n'))
        {
            (line.Length == 0 ? text : Indent(text, depth).Append(line)).Append('\n');
        }
    }

    private static string Other(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        _ => node.ToJsonString(),
    };

    private static StringBuilder Indent(StringBuilder text, int depth) => text.Append(' ', depth * 2);

    // A block scalar keeps readable what has lines; text that begins with a blank or has control characters is quoted instead.
    private static bool IsBlock(string text) =>
        text.Contains('\n')
        && !text.StartsWith(' ')
        && !text.StartsWith('\n')
        && !text.EndsWith("\n\n", StringComparison.Ordinal)
        && !text.Any(c => c != '\n' && char.IsControl(c));

    private static string Scalar(string text) => IsPlain(text) ? text : Quote(text);

    private static bool IsPlain(string text) =>
        text.Length > 0
        && !char.IsWhiteSpace(text[0])
        && !char.IsWhiteSpace(text[^1])
        && !"-?:,[]{}#&*!|>'\"%@`=<".Contains(text[0])
        && !text.EndsWith(':')
        && !text.Contains(": ", StringComparison.Ordinal)
        && !text.Contains(" #", StringComparison.Ordinal)
        && !text.Any(c => char.IsControl(c) || c is '\u0085' or '\u2028' or '\u2029' or '\uFEFF')
        && !s_words.Contains(text, StringComparer.OrdinalIgnoreCase)
        && !LooksLikeNumber(text);

    // Sexagesimals, dates and hexadecimal numbers are quoted too, because YAML 1.1 readers would take them for numbers.
    private static bool LooksLikeNumber(string text) =>
        (char.IsAsciiDigit(text[0]) || text[0] is '.' or '+')
        && (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            || text.All(c => char.IsAsciiHexDigit(c) || c is 'x' or 'o' or '_' or ':' or '-' or '.' or '+' or 'T' or 'Z'));

    private static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' => quoted.Append("\\u").Append(((int)c).ToString("x4")),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
