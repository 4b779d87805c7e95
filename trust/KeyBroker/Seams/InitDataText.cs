using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary>
/// The text of an initdata: its digest, and a file of its <c>[data]</c> table. Only the form that deterministic writers produce is read: one
/// key per file, its value a literal string of one or several lines, or a basic string.
/// </summary>
internal static partial class InitDataText
{
    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Returns the file's text; null when there is none. Two of the same name are a fault.</summary>
    public static bool TryFile(string text, string name, out string? content)
    {
        content = null;
        int data = text.IndexOf("\n[data]\n", StringComparison.Ordinal);
        if (data < 0)
        {
            return true;
        }

        MatchCollection found = Entry().Matches(text, data);
        Match[] named = [.. found.Where(match => match.Groups["name"].Value == name)];
        if (named.Length == 1)
        {
            content = named[0].Groups["literal"].Success ? named[0].Groups["literal"].Value
                : named[0].Groups["line"].Success ? named[0].Groups["line"].Value : Unescape(named[0].Groups["basic"].Value);
        }

        return named.Length <= 1 && (named.Length == 1 || !text.Contains(name, StringComparison.Ordinal));
    }

    private static string Unescape(string basic) => basic.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);

    [GeneratedRegex("""^"(?<name>[^"\n]+)" = (?:'''\n?(?<literal>.*?)'''|'(?<line>[^'\n]*)'|"(?<basic>(?:[^"\\\n]|\\["\\])*)")$""",
        RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Entry();
}
