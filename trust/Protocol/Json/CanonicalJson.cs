using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.Protocol.Json;

/// <summary>
/// The JSON Canonicalization Scheme (RFC 8785): members sorted by UTF-16 code units, no spaces, only quotes, backslashes and control
/// characters escaped, numbers as ECMAScript prints them. Two texts with the same meaning have the same canonical bytes, so they can be hashed.
/// </summary>
public static class CanonicalJson
{
    private const int DeepestNesting = 64;

    /// <summary>Returns the canonical bytes of a tree that the program itself built.</summary>
    public static byte[] Serialize(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        using JsonDocument document = JsonDocument.Parse(node.ToJsonString(), new JsonDocumentOptions { MaxDepth = DeepestNesting });
        return Serialize(document.RootElement);
    }

    /// <summary>Returns the canonical bytes of a value that was read by <see cref="StrictJson"/>.</summary>
    public static byte[] Serialize(JsonElement element)
    {
        var text = new StringBuilder();
        Write(element, text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Returns a string as it stands in canonical JSON, with its quotes.</summary>
    public static string Quote(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var text = new StringBuilder(value.Length + 2);
        WriteString(value, text);
        return text.ToString();
    }

    private static void Write(JsonElement element, StringBuilder text)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(element, text);
                break;
            case JsonValueKind.Array:
                WriteArray(element, text);
                break;
            case JsonValueKind.String:
                WriteString(element.GetString()!, text);
                break;
            case JsonValueKind.Number:
                text.Append(Number(element.GetDouble()));
                break;
            default:
                text.Append(element.GetRawText());
                break;
        }
    }

    private static void WriteObject(JsonElement element, StringBuilder text)
    {
        text.Append('{');
        bool first = true;
        foreach (JsonProperty member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            text.Append(first ? "" : ",");
            first = false;
            WriteString(member.Name, text);
            text.Append(':');
            Write(member.Value, text);
        }

        text.Append('}');
    }

    private static void WriteArray(JsonElement element, StringBuilder text)
    {
        text.Append('[');
        bool first = true;
        foreach (JsonElement entry in element.EnumerateArray())
        {
            text.Append(first ? "" : ",");
            first = false;
            Write(entry, text);
        }

        text.Append(']');
    }

    private static void WriteString(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    /// <summary>Prints a number as ECMA-262 Number::toString does: the shortest digits that read back as the same double.</summary>
    private static string Number(double value)
    {
        if (value == 0)
        {
            return "0";
        }

        string sign = value < 0 ? "-" : "";
        string[] parts = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        string[] sides = parts[0].Split('.');
        string all = string.Concat(sides);
        string digits = all.TrimStart('0');
        int exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        int point = sides[0].Length - (all.Length - digits.Length) + exponent;
        digits = digits.TrimEnd('0');
        return sign + point switch
        {
            > 21 => Scientific(digits, point - 1),
            > 0 when digits.Length <= point => digits + new string('0', point - digits.Length),
            > 0 => $"{digits[..point]}.{digits[point..]}",
            > -6 => $"0.{new string('0', -point)}{digits}",
            _ => Scientific(digits, point - 1),
        };
    }

    private static string Scientific(string digits, int exponent)
    {
        string fraction = digits.Length > 1 ? "." + digits[1..] : "";
        return $"{digits[0]}{fraction}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent)}";
    }
}
