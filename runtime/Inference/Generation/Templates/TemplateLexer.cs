using System.Text;

namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>
/// Cuts a template into tokens. White space is treated as the transformers library sets Jinja up: the line break after a block goes,
/// and so does the indentation before one.
/// </summary>
internal sealed class TemplateLexer
{
    private static readonly string[] s_operators =
    [
        "==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ":", ".", "|",
    ];

    private readonly string _source;
    private readonly List<TemplateToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private bool _lineStarts = true;

    private TemplateLexer(string source) => _source = source;

    /// <summary>Reads all tokens; throws <see cref="TemplateException"/>.</summary>
    public static List<TemplateToken> Read(string source)
    {
        source = source.ReplaceLineEndings("\n");
        var lexer = new TemplateLexer(source.EndsWith('\n') ? source[..^1] : source);
        while (lexer._at < lexer._source.Length) lexer.Next();
        return lexer._tokens;
    }

    private void Next()
    {
        int tag = FindTag();
        string text = _source[_at..(tag < 0 ? _source.Length : tag)];
        if (tag < 0)
        {
            Add(TemplateTokenKind.Text, text);
            _at = _source.Length;
            return;
        }

        char kind = _source[tag + 1];
        char sign = tag + 2 < _source.Length ? _source[tag + 2] : ' ';
        int lines = text.Count(character => character == '\n');
        if (sign == '-') text = text.TrimEnd();
        else if (kind != '{' && sign != '+') text = WithoutIndentation(text);
        Add(TemplateTokenKind.Text, text);
        _line += lines;
        _at = tag + (sign is '-' or '+' ? 3 : 2);
        if (kind == '#') SkipComment();
        else ReadTag(kind);
    }

    private int FindTag()
    {
        for (int at = _source.IndexOf('{', _at); at >= 0 && at + 1 < _source.Length; at = _source.IndexOf('{', at + 1))
        {
            if (_source[at + 1] is '{' or '%' or '#') return at;
        }

        return -1;
    }

    private string WithoutIndentation(string text)
    {
        int start = text.LastIndexOf('\n') + 1;
        return (start > 0 || _lineStarts) && string.IsNullOrWhiteSpace(text[start..]) ? text[..start] : text;
    }

    private void SkipComment()
    {
        int end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0) throw new TemplateException($"line {_line}: a comment does not end");
        _line += _source.AsSpan(_at, end - _at).Count('\n');
        bool strips = _source[end - 1] == '-';
        _at = end + 2;
        AfterTag(strips, eatsLineBreak: true);
    }

    private void ReadTag(char kind)
    {
        Add(kind == '{' ? TemplateTokenKind.BeginOutput : TemplateTokenKind.BeginBlock, kind.ToString(), always: true);
        string end = kind == '{' ? "}}" : "%}";
        int braces = 0;
        while (_at < _source.Length)
        {
            char current = _source[_at];
            if (braces == 0 && EndsTag(current, end)) return;
            braces += current == '{' ? 1 : current == '}' ? -1 : 0;
            ReadOne(current);
        }

        throw new TemplateException($"line {_line}: a tag does not end");
    }

    private bool EndsTag(char current, string end)
    {
        bool signed = current is '-' or '+' && Matches(_at + 1, end);
        if (!signed && !Matches(_at, end)) return false;
        _at += signed ? 3 : 2;
        Add(TemplateTokenKind.End, end, always: true);
        AfterTag(strips: signed && current == '-', eatsLineBreak: end == "%}" && !signed);
        return true;
    }

    private void ReadOne(char current)
    {
        if (current == '\n') _line++;
        if (char.IsWhiteSpace(current)) _at++;
        else if (current is '\'' or '"') ReadString(current);
        else if (char.IsAsciiDigit(current)) ReadWhile(TemplateTokenKind.Number, (character, at) => char.IsAsciiDigit(character) || (character == '.' && char.IsAsciiDigit(Peek(at + 1))));
        else if (char.IsAsciiLetter(current) || current == '_') ReadWhile(TemplateTokenKind.Name, (character, _) => char.IsAsciiLetterOrDigit(character) || character == '_');
        else ReadOperator();
    }

    private void ReadString(char quote)
    {
        var value = new StringBuilder();
        for (_at++; _at < _source.Length && _source[_at] != quote; _at++)
        {
            if (_source[_at] == '\n') _line++;
            if (_source[_at] != '\\')
            {
                value.Append(_source[_at]);
                continue;
            }

            char escaped = Peek(++_at);
            value.Append(escaped switch { 'n' => "\n", 't' => "\t", 'r' => "\r", '\\' or '\'' or '"' => escaped.ToString(), _ => "\\" + escaped });
        }

        if (_at >= _source.Length) throw new TemplateException($"line {_line}: a text does not end");
        _at++;
        Add(TemplateTokenKind.String, value.ToString(), always: true);
    }

    private void ReadWhile(TemplateTokenKind kind, Func<char, int, bool> belongs)
    {
        int start = _at;
        while (_at < _source.Length && belongs(_source[_at], _at)) _at++;
        Add(kind, _source[start.._at]);
    }

    private void ReadOperator()
    {
        string found = s_operators.FirstOrDefault(candidate => Matches(_at, candidate))
            ?? throw new TemplateException($"line {_line}: the character \"{_source[_at]}\" is not known");
        _at += found.Length;
        Add(TemplateTokenKind.Operator, found);
    }

    private void AfterTag(bool strips, bool eatsLineBreak)
    {
        _lineStarts = false;
        if (strips)
        {
            while (_at < _source.Length && char.IsWhiteSpace(_source[_at])) _line += _source[_at++] == '\n' ? 1 : 0;
        }
        else if (eatsLineBreak && Peek(_at) == '\n')
        {
            _at++;
            _line++;
            _lineStarts = true;
        }
    }

    private bool Matches(int at, string text) => string.CompareOrdinal(_source, at, text, 0, text.Length) == 0;

    private char Peek(int at) => at < _source.Length ? _source[at] : '\0';

    private void Add(TemplateTokenKind kind, string text, bool always = false)
    {
        if (always || text.Length > 0) _tokens.Add(new TemplateToken(kind, text, _line));
    }
}
