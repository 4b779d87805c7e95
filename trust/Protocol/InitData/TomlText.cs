using System.Globalization;
using System.Text;

namespace ConfidentialOperator.Protocol.InitData;

/// <summary>Writes TOML texts: literal where the content allows it, so that people can read an embedded file, and with escapes where it does not.</summary>
internal static class TomlText
{
    public static string Key(string name) => Basic(name);

    public static string Value(string content)
    {
        // A literal text has no escapes: it can hold neither its own end, nor a carriage return, nor another control character.
        bool literal = !content.Contains("'''", StringComparison.Ordinal) && !content.EndsWith('\'') && content.All(c => c is '\n' or '\t' || !IsControl(c));
        return literal ? $"'''\n{content}'''" : Basic(content);
    }

    public static bool IsControl(char c) => c is < ' ' or '\u007f';

    private static string Basic(string content)
    {
        var text = new StringBuilder("\"");
        foreach (char c in content)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ when IsControl(c) => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        return text.Append('"').ToString();
    }
}
