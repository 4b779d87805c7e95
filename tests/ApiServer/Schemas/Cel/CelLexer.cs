using System.Globalization;
using System.Text;

namespace ConfidentialOperator.ApiServer.Schemas.Cel;

/// <summary>Splits a CEL expression into words.</summary>
internal sealed class CelLexer(string text)
{
    private static readonly string[] s_pairs = ["==", "!=", "<=", ">=", "&&", "||", "?."];

    private int _at;

    public List<CelToken> ReadAll()
    {
        List<CelToken> tokens = [];
        while (true)
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
            if (_at == text.Length) break;
            tokens.Add(ReadOne());
        }

        tokens.Add(new(CelTokenKind.End, "", null, _at));
        return tokens;
    }

    private CelToken ReadOne()
    {
        int start = _at;
        char first = text[_at];
        if (first is 'r' or 'R' && _at + 1 < text.Length && text[_at + 1] is '"' or '\'')
        {
            _at++;
            return new(CelTokenKind.Literal, "", ReadString(raw: true), start);
        }

        if (first is '"' or '\'') return new(CelTokenKind.Literal, "", ReadString(raw: false), start);
        if (char.IsAsciiDigit(first)) return new(CelTokenKind.Literal, "", ReadNumber(), start);
        if (char.IsAsciiLetter(first) || first == '_')
        {
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_')) _at++;
            return Word(text[start.._at], start);
        }

        int length = s_pairs.Any(pair => string.CompareOrdinal(text, start, pair, 0, 2) == 0) ? 2 : 1;
        _at += length;
        return new(CelTokenKind.Operator, text[start.._at], null, start);
    }

    private static CelToken Word(string word, int start) => word switch
    {
        "true" => new(CelTokenKind.Literal, word, true, start),
        "false" => new(CelTokenKind.Literal, word, false, start),
        "null" => new(CelTokenKind.Literal, word, null, start),
        "in" => new(CelTokenKind.Operator, word, null, start),
        _ => new(CelTokenKind.Name, word, null, start),
    };

    private object ReadNumber()
    {
        int start = _at;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || IsFraction())) _at++;
        string digits = text[start.._at];
        if (_at < text.Length && text[_at] is 'u' or 'U') _at++;
        return digits.Contains('.', StringComparison.Ordinal)
            ? double.Parse(digits, CultureInfo.InvariantCulture)
            : (object)long.Parse(digits, CultureInfo.InvariantCulture);
    }

    private bool IsFraction() => text[_at] == '.' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1]);

    private string ReadString(bool raw)
    {
        char quote = text[_at];
        bool triple = string.CompareOrdinal(text, _at, new string(quote, 3), 0, 3) == 0;
        string end = new(quote, triple ? 3 : 1);
        _at += end.Length;
        StringBuilder read = new();
        while (true)
        {
            if (_at >= text.Length) throw new CelException($"unterminated string in '{text}'");
            if (string.CompareOrdinal(text, _at, end, 0, end.Length) == 0) break;
            if (text[_at] == '\\' && !raw) read.Append(ReadEscape());
            else read.Append(text[_at++]);
        }

        _at += end.Length;
        return read.ToString();
    }

    private string ReadEscape()
    {
        char kind = text[_at + 1];
        _at += 2;
        switch (kind)
        {
            case 'n': return "\n";
            case 't': return "\t";
            case 'r': return "\r";
            case 'u':
                _at += 4;
                return ((char)int.Parse(text[(_at - 4).._at], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString();
            default: return kind.ToString();
        }
    }
}
