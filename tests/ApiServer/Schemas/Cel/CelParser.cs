namespace ConfidentialOperator.ApiServer.Schemas.Cel;

/// <summary>Recursive-descent parser of the CEL grammar (cel-spec, section "Syntax").</summary>
internal sealed class CelParser(string text)
{
    private static readonly string[][] s_levels = [["||"], ["&&"], ["<", "<=", ">", ">=", "==", "!=", "in"], ["+", "-"], ["*", "/", "%"]];

    private readonly List<CelToken> _tokens = new CelLexer(text).ReadAll();
    private int _at;

    private CelToken Current => _tokens[_at];

    public CelNode Parse()
    {
        CelNode parsed = Ternary();
        return Current.Kind == CelTokenKind.End ? parsed : throw Unexpected();
    }

    private CelNode Ternary()
    {
        CelNode condition = Binary(0);
        if (!Accept("?")) return condition;
        CelNode then = Binary(0);
        Expect(":");
        return new CelNode.Call("?:", null, [condition, then, Ternary()]);
    }

    private CelNode Binary(int level)
    {
        if (level == s_levels.Length) return Unary();
        CelNode left = Binary(level + 1);
        while (Current.Kind == CelTokenKind.Operator && s_levels[level].Contains(Current.Text))
        {
            string name = Next().Text;
            left = new CelNode.Call(name, null, [left, Binary(level + 1)]);
        }

        return left;
    }

    private CelNode Unary()
    {
        if (Accept("!")) return new CelNode.Call("!", null, [Unary()]);
        if (Accept("-")) return new CelNode.Call("negate", null, [Unary()]);
        return Postfix(Primary());
    }

    private CelNode Postfix(CelNode target)
    {
        while (true)
        {
            if (Accept("."))
            {
                bool optional = Accept("?");
                string name = Name();
                target = Accept("(") ? new CelNode.Call(name, target, Arguments(")")) : new CelNode.Select(target, name, optional);
            }
            else if (Accept("["))
            {
                bool optional = Accept("?");
                CelNode key = Ternary();
                Expect("]");
                target = new CelNode.Index(target, key, optional);
            }
            else
            {
                return target;
            }
        }
    }

    private CelNode Primary()
    {
        if (Accept("("))
        {
            CelNode inner = Ternary();
            Expect(")");
            return inner;
        }

        if (Accept("[")) return new CelNode.ListOf(Arguments("]"));
        if (Accept("{")) return new CelNode.MapOf(Entries());
        CelToken token = Next();
        if (token.Kind == CelTokenKind.Literal) return new CelNode.Literal(token.Value);
        if (token.Kind != CelTokenKind.Name) throw Unexpected();
        return Accept("(") ? new CelNode.Call(token.Text, null, Arguments(")")) : new CelNode.Variable(token.Text);
    }

    private List<CelNode> Arguments(string end)
    {
        List<CelNode> read = [];
        while (!Accept(end))
        {
            if (read.Count > 0) Expect(",");
            if (Accept(end)) break;
            read.Add(Ternary());
        }

        return read;
    }

    private List<(CelNode Key, CelNode Value)> Entries()
    {
        List<(CelNode Key, CelNode Value)> read = [];
        while (!Accept("}"))
        {
            if (read.Count > 0) Expect(",");
            CelNode key = Ternary();
            Expect(":");
            read.Add((key, Ternary()));
        }

        return read;
    }

    private string Name()
    {
        CelToken token = Next();
        return token.Kind == CelTokenKind.Name || token.Text == "in" ? token.Text : throw Unexpected();
    }

    private CelToken Next()
    {
        CelToken token = Current;
        if (token.Kind != CelTokenKind.End) _at++;
        return token;
    }

    private bool Accept(string symbol)
    {
        if (Current.Kind != CelTokenKind.Operator || Current.Text != symbol) return false;
        _at++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!Accept(symbol)) throw Unexpected();
    }

    private CelException Unexpected() => new($"unexpected '{Current.Text}' at {Current.Position} in '{text}'");
}
