using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary>Reads JSON of strangers: no duplicates, no comments, bounded depth; what is absent or of another type is a refusal.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Parses and reads in one step; every fault of form becomes one refusal.</summary>
    public static bool TryRead<T>(ReadOnlyMemory<byte> json, string what, Func<JsonElement, T> read,
        [NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Refusal? refusal)
        where T : class
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, s_options);
            value = read(document.RootElement);
            refusal = null;
            return true;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            value = null;
            refusal = new(RefusalReason.Malformed, $"The {what} cannot be read: it is not JSON of the expected form.");
            return false;
        }
    }

    public static string Text(this JsonElement element, string name, int longest = 4096)
    {
        string text = element.GetProperty(name).GetString() ?? throw new FormatException();
        return text.Length <= longest ? text : throw new FormatException();
    }

    public static byte[] RawText(this JsonElement element) => Encoding.UTF8.GetBytes(element.GetRawText());

    /// <summary>Refuses members that are not in the list.</summary>
    public static void Only(this JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!names.Contains(member.Name))
            {
                throw new FormatException();
            }
        }
    }

    /// <summary>A text as RFC 8785 writes it: only quotes, backslashes and control characters are escaped.</summary>
    public static string Canonical(string text)
    {
        var result = new StringBuilder("\"", text.Length + 2);
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\b' => result.Append("\\b"),
                '\f' => result.Append("\\f"),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                < ' ' => result.Append($"\\u{(int)c:x4}"),
                _ => result.Append(c),
            };
        }

        return result.Append('"').ToString();
    }
}
