using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Tokenizers;

namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>Values as JSON, spaced as Python spaces it.</summary>
internal static class TemplateJson
{
    private static readonly JsonSerializerOptions s_text = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a value; it is content, whatever it holds.</summary>
    public static MarkedText Write(object? value, int? indent)
    {
        var output = new StringBuilder();
        Write(value, indent, 0, output);
        return MarkedText.OfContent(output.ToString());
    }

    private static void Write(object? value, int? indent, int depth, StringBuilder output)
    {
        switch (value)
        {
            case null: output.Append("null"); break;
            case bool flag: output.Append(flag ? "true" : "false"); break;
            case MarkedText text: output.Append(JsonSerializer.Serialize(text.Text, s_text)); break;
            case List<object?> list: Block("[]", list, item => Write(item, indent, depth + 1, output), indent, depth, output); break;
            case Dictionary<string, object?> map:
                Block("{}", map, pair =>
                {
                    output.Append(JsonSerializer.Serialize(pair.Key, s_text)).Append(": ");
                    Write(pair.Value, indent, depth + 1, output);
                }, indent, depth, output);
                break;
            default: output.Append(TemplateValues.Text(value).Text); break;
        }
    }

    private static void Block<T>(string brackets, IReadOnlyCollection<T> items, Action<T> write, int? indent, int depth, StringBuilder output)
    {
        output.Append(brackets[0]);
        bool first = true;
        foreach (T item in items)
        {
            if (!first) output.Append(indent is null ? ", " : ",");
            if (indent is { } width) output.Append('\n').Append(' ', width * (depth + 1));
            first = false;
            write(item);
        }

        if (indent is { } closing && items.Count > 0) output.Append('\n').Append(' ', closing * depth);
        output.Append(brackets[1]);
    }
}
