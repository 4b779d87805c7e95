using System.Text;

namespace ConfidentialOperator.Fuzz.Mutation;

/// <summary>Text of tokens (JSON, XML): tokens left out, put twice, exchanged, put in, repeated until they are deep or long, or changed inside.</summary>
internal sealed class TokenShape(Func<byte[], List<Range>> split, byte[][] pieces) : Shape
{
    private const int MostRepeats = 2000;
    private const int LongestRun = 8;

    public static byte[][] JsonPieces { get; } = Texts("\"", "\"\"", "\\ud800", "{", "}", "[", "]", ",", ":", "null", "true", "0", "-1", "1e9", "1e999", "0.1",
        "99999999999999999999", "\"\\u0000\"", "{\"a\":{}}", "[[]]", "\"AAAA\"", "\"====\"", " ", "\u00e9", "//");

    public static byte[][] XmlPieces { get; } = Texts("<", ">", "</", "/>", "<a>", "</a>", "<!DOCTYPE a [<!ENTITY b \"bbbb\">]>", "&b;", "&lt;", "&#0;", "<!--", "-->",
        "<![CDATA[", "]]>", "<?xml version=\"1.0\"?>", " xmlns=\"\"", " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"", " Id=\"a\"", "\"", "=", "AAAA", "\u00e9");

    public override byte[] Change(byte[] bytes, Random random)
    {
        List<Range> tokens = split(bytes);
        if (tokens.Count == 0)
        {
            return bytes;
        }

        (int first, int start, int end) = Pick(tokens, bytes.Length, random);
        ReadOnlySpan<byte> before = bytes.AsSpan(0, start);
        ReadOnlySpan<byte> token = bytes.AsSpan(start, end - start);
        ReadOnlySpan<byte> after = bytes.AsSpan(end);
        switch (random.Next(7))
        {
            case 0:
                return [.. before, .. after];
            case 1:
                return [.. before, .. token, .. token, .. after];
            case 2:
                (int otherStart, int otherLength) = tokens[random.Next(tokens.Count)].GetOffsetAndLength(bytes.Length);
                return [.. before, .. bytes.AsSpan(otherStart, otherLength), .. after];
            case 3:
                return [.. before, .. pieces[random.Next(pieces.Length)], .. after];
            case 4:
                return [.. before, .. pieces[random.Next(pieces.Length)], .. token, .. after];
            case 5 when random.Next(16) == 0:
                return Repeat(bytes, start, end, random);
            default:
                (int from, int length) = tokens[first].GetOffsetAndLength(bytes.Length);
                return [.. bytes.AsSpan(0, from), .. Inside(bytes.AsSpan(from, length).ToArray(), random), .. bytes.AsSpan(from + length)];
        }
    }

    public static List<Range> SplitJson(byte[] bytes)
    {
        var tokens = new List<Range>();
        for (int at = 0; at < bytes.Length;)
        {
            int start = at++;
            if (bytes[start] == '"')
            {
                while (at < bytes.Length && bytes[at] != '"')
                {
                    at += bytes[at] == '\\' ? 2 : 1;
                }

                at = Math.Min(at + 1, bytes.Length);
            }
            else if (IsWord(bytes[start]))
            {
                while (at < bytes.Length && IsWord(bytes[at]))
                {
                    at++;
                }
            }

            tokens.Add(start..at);
        }

        return tokens;
    }

    public static List<Range> SplitXml(byte[] bytes)
    {
        var tokens = new List<Range>();
        for (int at = 0; at < bytes.Length;)
        {
            int start = at;
            int next = bytes.AsSpan(at).IndexOf(bytes[at] == '<' ? (byte)'>' : (byte)'<');
            at = next < 0 ? bytes.Length : bytes[start] == '<' ? at + next + 1 : at + Math.Max(next, 1);
            tokens.Add(start..at);
        }

        return tokens;
    }

    private static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static bool IsWord(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'.' or (byte)'-' or (byte)'+' or (byte)'_';

    private static (int First, int Start, int End) Pick(List<Range> tokens, int length, Random random)
    {
        int first = random.Next(tokens.Count);
        int last = Math.Min(tokens.Count - 1, first + (random.Next(2) == 0 ? 0 : random.Next(LongestRun)));
        return (first, tokens[first].Start.GetOffset(length), tokens[last].End.GetOffset(length));
    }

    private static byte[] Repeat(byte[] bytes, int start, int end, Random random)
    {
        int times = Math.Min(random.Next(2, MostRepeats), Mutator.Longest / Math.Max(1, end - start));
        var repeated = new List<byte>(bytes.Length + (times * (end - start)));
        repeated.AddRange(bytes.AsSpan(0, start));
        for (; times > 0; times--)
        {
            repeated.AddRange(bytes.AsSpan(start, end - start));
        }

        repeated.AddRange(bytes.AsSpan(end));
        return [.. repeated];
    }

    /// <summary>Texts of base64 hold something else: that is changed, and written again.</summary>
    private static byte[] Inside(byte[] token, Random random)
    {
        string text = Encoding.Latin1.GetString(token).Trim('"').Replace('-', '+').Replace('_', '/');
        if (text.Length < 16 || random.Next(4) == 0)
        {
            return Bytes.Change(token, random);
        }

        byte[] buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), buffer, out int written)
            ? Encoding.ASCII.GetBytes(Quote(token, Convert.ToBase64String(Bytes.Change(buffer[..written], random))))
            : Bytes.Change(token, random);
    }

    private static string Quote(byte[] token, string base64)
    {
        string text = token.AsSpan().ContainsAny((byte)'-', (byte)'_') ? base64.Replace('+', '-').Replace('/', '_').TrimEnd('=') : base64;
        return token[0] == '"' ? $"\"{text}\"" : text;
    }
}
