using ConfidentialOperator.Inference.Generation.Tokenizers;

namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>Reads the statements of a template.</summary>
internal sealed class StatementParser
{
    private readonly TemplateReader _reader;
    private readonly ExpressionParser _expressions;
    private int _loops;

    private StatementParser(TemplateReader reader)
    {
        _reader = reader;
        _expressions = new ExpressionParser(reader);
    }

    /// <summary>Reads a template; throws <see cref="TemplateException"/>.</summary>
    public static TemplateStatement Read(string source)
    {
        var parser = new StatementParser(new TemplateReader(TemplateLexer.Read(source)));
        TemplateStatement body = parser.Body(out string? end);
        return end is null ? body : throw parser._reader.Error($"{end} has no beginning");
    }

    /// <summary>Reads statements up to a word that ends or divides a block; that word is taken.</summary>
    private TemplateStatement Body(out string? end, params string[] ends)
    {
        var statements = new List<TemplateStatement>();
        end = null;
        while (end is null && !_reader.AtEnd)
        {
            TemplateToken token = _reader.Take();
            if (token.Kind == TemplateTokenKind.Text)
            {
                MarkedText text = MarkedText.Trusted(token.Text);
                statements.Add(state => state.Write(text));
            }
            else if (token.Kind == TemplateTokenKind.BeginOutput)
            {
                TemplateExpression value = _expressions.Read();
                _reader.ExpectEnd();
                statements.Add(state => state.Write(TemplateValues.Text(value(state))));
            }
            else
            {
                string word = _reader.ExpectName();
                if (ends.Contains(word) || word.StartsWith("end", StringComparison.Ordinal) || word is "else" or "elif") end = word;
                else statements.Add(_reader.Nested(() => Block(word)));
            }
        }

        if (ends.Length > 0 && (end is null || !ends.Contains(end))) throw _reader.Error($"{ends[^1]} is expected");
        return state => Run(state, statements);
    }

    private static void Run(TemplateState state, List<TemplateStatement> statements)
    {
        foreach (TemplateStatement statement in statements)
        {
            state.Step();
            statement(state);
            if (state.Jump is not null) return;
        }
    }

    private TemplateStatement Block(string word)
    {
        switch (word)
        {
            case "if": return If();
            case "for": return For();
            case "set": return Set();
            case "generation":
                _reader.ExpectEnd();
                TemplateStatement body = Body(out _, "endgeneration");
                _reader.ExpectEnd();
                return body;
            case "break" or "continue" when _loops > 0:
                _reader.ExpectEnd();
                return state => state.Jump = word;
            default: throw _reader.Error($"the statement {word} is not known");
        }
    }

    private TemplateStatement If()
    {
        TemplateExpression condition = _expressions.Read();
        _reader.ExpectEnd();
        TemplateStatement then = Body(out string? end, "elif", "else", "endif");
        TemplateStatement? otherwise = null;
        if (end == "elif") otherwise = _reader.Nested(If);
        else if (end == "else") otherwise = Else("endif");
        else _reader.ExpectEnd();
        return state =>
        {
            if (TemplateValues.IsTrue(condition(state))) then(state);
            else otherwise?.Invoke(state);
        };
    }

    private TemplateStatement Else(string end)
    {
        _reader.ExpectEnd();
        TemplateStatement body = Body(out _, end);
        _reader.ExpectEnd();
        return body;
    }

    private TemplateStatement For()
    {
        var names = new List<string> { _reader.ExpectName() };
        while (_reader.TryTakeOperator(",")) names.Add(_reader.ExpectName());
        if (!_reader.TryTakeName("in")) throw _reader.Error("\"in\" is expected");
        TemplateExpression items = _expressions.Read(conditional: false);
        TemplateExpression? filter = _reader.TryTakeName("if") ? _expressions.Read() : null;
        _reader.ExpectEnd();
        _loops++;
        TemplateStatement body = Body(out string? end, "else", "endfor");
        _loops--;
        TemplateStatement? otherwise = null;
        if (end == "else") otherwise = Else("endfor");
        else _reader.ExpectEnd();
        return new TemplateLoop(names, items, filter, body, otherwise).Run;
    }

    private TemplateStatement Set()
    {
        string name = _reader.ExpectName();
        string? member = _reader.TryTakeOperator(".") ? _reader.ExpectName() : null;
        TemplateExpression value;
        if (_reader.TryTakeOperator("="))
        {
            value = _expressions.Read();
            _reader.ExpectEnd();
        }
        else
        {
            TemplateStatement body = Else("endset");
            value = state => state.Capture(body);
        }

        if (member is null) return state => state.Set(name, value(state));
        return state => (state.Get(name) as Dictionary<string, object?> ?? throw new TemplateException("a member is set of a value that has none"))[member] = value(state);
    }
}
