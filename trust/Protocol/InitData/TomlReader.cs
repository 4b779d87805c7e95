using System.Globalization;
using System.Text;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.InitData;

/// <summary>
/// Reads the part of TOML 1.0 that initdata uses: comments, bare and quoted keys, the table <c>data</c>, and texts in all four forms. Anything else
/// is a fault. One pass, no recursion; a fault is a sentence with the line.
/// </summary>
internal sealed class TomlReader(string text)
{
    private int _at;
    private string? _fault;

    /// <summary>Gets the keys before the table.</summary>
    public Dictionary<string, string> Root { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the keys of the table.</summary>
    public Dictionary<string, string> Data { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads everything; returns the fault, or null.</summary>
    public string? Read()
    {
        Dictionary<string, string> table = Root;
        for (SkipEmpty(); _at < text.Length && _fault is null; SkipEmpty())
        {
            if (text[_at] == '[')
            {
                if (!TakeTable() || ReferenceEquals(table, Data))
                {
                    return Fault("the only table is [data], and it stands once");
                }

                table = Data;
            }
            else
            {
                ReadEntry(table);
            }
        }

        return _fault;
    }

    private bool TakeTable()
    {
        const string Name = "[data]";
        bool found = string.CompareOrdinal(text, _at, Name, 0, Name.Length) == 0;
        _at += Name.Length;
        return found && EndLine();
    }

    private void ReadEntry(Dictionary<string, string> table)
    {
        string? key = text[_at] is '"' or '\'' ? ReadLine(text[_at]) : ReadBare();
        SkipBlanks();
        if (key is null || !Take("="))
        {
            _ = Fault("a key and '=' are expected");
            return;
        }

        SkipBlanks();
        string? value = ReadValue();
        if (value is null || !EndLine())
        {
            _ = Fault("the value must be a text that ends its line");
        }
        else if (!table.TryAdd(key, value))
        {
            _ = Fault($"the key '{Reading.Shown(key)}' stands twice");
        }
    }

    private string? ReadBare()
    {
        int start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '-'))
        {
            _at++;
        }

        return _at > start ? text[start.._at] : null;
    }

    private string? ReadValue() => _at >= text.Length ? null
        : Take("'''") ? ReadLiteralLines()
        : Take("\"\"\"") ? ReadBasicLines()
        : text[_at] is '"' or '\'' ? ReadLine(text[_at]) : null;

    /// <summary>Reads a text of one line.</summary>
    private string? ReadLine(char quote)
    {
        var value = new StringBuilder();
        for (_at++; _at < text.Length && (text[_at] == '\t' || !TomlText.IsControl(text[_at])); _at++)
        {
            if (text[_at] == quote)
            {
                _at++;
                return value.ToString();
            }

            if (text[_at] != '\\' || quote == '\'')
            {
                value.Append(text[_at]);
            }
            else if (!TakeEscape(value))
            {
                return null;
            }
        }

        return null;
    }

    private string? ReadLiteralLines()
    {
        SkipFirstLineEnd();
        int end = text.IndexOf("'''", _at, StringComparison.Ordinal);
        string? value = end < 0 ? null : text[_at..end];
        _at = end < 0 ? text.Length : end + 3;

        // Up to two quotes may stand directly before the end.
        for (int quotes = 0; quotes < 2 && value is not null && Take("'"); quotes++)
        {
            value += '\'';
        }

        return value is not null && value.All(IsInLines) ? value : null;
    }

    private string? ReadBasicLines()
    {
        SkipFirstLineEnd();
        var value = new StringBuilder();
        while (_at < text.Length)
        {
            if (Take("\"\"\""))
            {
                for (int quotes = 0; quotes < 2 && Take("\""); quotes++)
                {
                    value.Append('"');
                }

                return value.ToString();
            }

            if (text[_at] == '\\')
            {
                if (!TakeLineFold() && !TakeEscape(value))
                {
                    return null;
                }
            }
            else if (!IsInLines(text[_at]))
            {
                return null;
            }
            else
            {
                value.Append(text[_at]);
            }

            _at++;
        }

        return null;
    }

    /// <summary>Takes an escape; afterwards the position is its last character.</summary>
    private bool TakeEscape(StringBuilder value)
    {
        const string Names = "btnfr\"\\";
        const string Meanings = "\b\t\n\f\r\"\\";
        _at++;
        char name = _at < text.Length ? text[_at] : '\0';
        int known = Names.IndexOf(name, StringComparison.Ordinal);
        if (known >= 0)
        {
            value.Append(Meanings[known]);
            return true;
        }

        int digits = name switch { 'u' => 4, 'U' => 8, _ => 0 };
        if (digits == 0 || _at + digits >= text.Length
            || !int.TryParse(text.AsSpan(_at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code)
            || !Rune.IsValid(code))
        {
            return false;
        }

        value.Append(new Rune(code).ToString());
        _at += digits;
        return true;
    }

    /// <summary>Takes a backslash at the end of a line, which removes white space up to the next character.</summary>
    private bool TakeLineFold()
    {
        int next = _at + 1;
        while (next < text.Length && (text[next] is ' ' or '\t'))
        {
            next++;
        }

        if (next >= text.Length || text[next] is not ('\n' or '\r'))
        {
            return false;
        }

        while (next < text.Length && (text[next] is ' ' or '\t' or '\n' or '\r'))
        {
            next++;
        }

        _at = next - 1;
        return true;
    }

    private static bool IsInLines(char c) => c is '\n' or '\r' or '\t' || !TomlText.IsControl(c);

    private void SkipFirstLineEnd() => _ = Take("\r\n") || Take("\n");

    private void SkipBlanks()
    {
        while (_at < text.Length && (text[_at] is ' ' or '\t'))
        {
            _at++;
        }
    }

    private void SkipEmpty()
    {
        SkipBlanks();
        while (_at < text.Length && (text[_at] is '\n' or '\r' or '#') && EndLine())
        {
            SkipBlanks();
        }
    }

    private bool EndLine()
    {
        SkipBlanks();
        if (_at < text.Length && text[_at] == '#')
        {
            int end = text.IndexOf('\n', _at);
            _at = end < 0 ? text.Length : end;
        }

        return _at >= text.Length || Take("\r\n") || Take("\n");
    }

    private bool Take(string expected)
    {
        bool found = string.CompareOrdinal(text, _at, expected, 0, expected.Length) == 0;
        _at += found ? expected.Length : 0;
        return found;
    }

    private string Fault(string message) => _fault ??= $"line {text.AsSpan(0, Math.Min(_at, text.Length)).Count('\n') + 1}: {message}.";
}
