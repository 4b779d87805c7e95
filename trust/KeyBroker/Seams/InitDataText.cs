using System.Security.Cryptography;
using System.Text;

namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary>
/// The text of an initdata: its digest, and a file of its <c>[data]</c> table. Only the TOML that deterministic writers produce is read: quoted
/// keys, and values that are literal strings of one or several lines or basic strings. Anything else is refused, in one pass over the text.
/// </summary>
internal static class InitDataText
{
    private const string Table = "\n[data]\n";

    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Finds a file; false when the text is not of the expected form or has the file twice.</summary>
    public static bool TryFile(string text, string name, out string? content)
    {
        content = null;
        if (!text.Contains(name, StringComparison.Ordinal))
        {
            // Initdata of guests that are not ours may use all of TOML; without the name there is nothing to find.
            return true;
        }

        int start = text.IndexOf(Table, StringComparison.Ordinal);
        if (start < 0)
        {
            return false;
        }

        ReadOnlySpan<char> rest = text.AsSpan(start + Table.Length);
        while (true)
        {
            rest = rest.TrimStart('\n');
            if (rest.IsEmpty)
            {
                return true;
            }

            if (!TryEntry(ref rest, out string key, out string value) || (key == name && content is not null))
            {
                content = null;
                return false;
            }

            content = key == name ? value : content;
        }
    }

    private static bool TryEntry(ref ReadOnlySpan<char> rest, out string key, out string value)
    {
        value = "";
        key = "";
        if (rest[0] != '"' || !TryTake(ref rest, 1, "\" = ", out ReadOnlySpan<char> quoted) || quoted.ContainsAny('\n', '\\', '"'))
        {
            return false;
        }

        key = quoted.ToString();
        if (rest.StartsWith("'''"))
        {
            bool closed = TryTake(ref rest, 3, "'''", out ReadOnlySpan<char> lines);
            value = (lines.StartsWith("\n") ? lines[1..] : lines).ToString();
            return closed && EndsLine(rest);
        }

        if (rest.StartsWith("'"))
        {
            bool closed = TryTake(ref rest, 1, "'", out ReadOnlySpan<char> line);
            value = line.ToString();
            return closed && !line.Contains('\n') && EndsLine(rest);
        }

        return TryBasic(ref rest, out value) && EndsLine(rest);
    }

    /// <summary>Reads a basic string with the two escapes that writers of one line need.</summary>
    private static bool TryBasic(ref ReadOnlySpan<char> rest, out string value)
    {
        value = "";
        if (!rest.StartsWith("\"") || rest.StartsWith("\"\"\""))
        {
            return false;
        }

        var text = new StringBuilder();
        for (int at = 1; at < rest.Length && rest[at] != '\n'; at++)
        {
            if (rest[at] == '"')
            {
                value = text.ToString();
                rest = rest[(at + 1)..];
                return true;
            }

            if (rest[at] == '\\' && (++at == rest.Length || rest[at] is not ('"' or '\\')))
            {
                return false;
            }

            text.Append(rest[at]);
        }

        return false;
    }

    private static bool TryTake(ref ReadOnlySpan<char> rest, int from, string end, out ReadOnlySpan<char> taken)
    {
        int at = rest[from..].IndexOf(end, StringComparison.Ordinal);
        taken = at < 0 ? default : rest.Slice(from, at);
        rest = at < 0 ? default : rest[(from + at + end.Length)..];
        return at >= 0;
    }

    private static bool EndsLine(ReadOnlySpan<char> rest) => rest.IsEmpty || rest[0] == '\n';
}
