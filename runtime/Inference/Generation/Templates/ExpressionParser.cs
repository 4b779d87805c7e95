using System.Globalization;
using ConfidentialOperator.Inference.Generation.Tokenizers;

namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>Reads expressions. Every filter, test, method and function is looked up here, so an unknown one is found at load.</summary>
internal sealed class ExpressionParser(TemplateReader reader)
{
    private static readonly string[] s_comparisons = ["==", "!=", "<", "<=", ">", ">="];

    /// <summary>Reads an expression; with <paramref name="conditional"/> also <c>a if b else c</c>.</summary>
    public TemplateExpression Read(bool conditional = true) => reader.Nested(() =>
    {
        TemplateExpression value = Or();
        while (conditional && reader.TryTakeName("if"))
        {
            TemplateExpression then = value;
            TemplateExpression condition = Or();
            TemplateExpression otherwise = reader.TryTakeName("else") ? Read() : _ => TemplateValues.Undefined;
            value = state => TemplateValues.IsTrue(condition(state)) ? then(state) : otherwise(state);
        }

        return value;
    });

    private TemplateExpression Or()
    {
        TemplateExpression left = And();
        while (reader.TryTakeName("or"))
        {
            (TemplateExpression first, TemplateExpression second) = (left, And());
            left = state => first(state) is var value && TemplateValues.IsTrue(value) ? value : second(state);
        }

        return left;
    }

    private TemplateExpression And()
    {
        TemplateExpression left = Not();
        while (reader.TryTakeName("and"))
        {
            (TemplateExpression first, TemplateExpression second) = (left, Not());
            left = state => first(state) is var value && !TemplateValues.IsTrue(value) ? value : second(state);
        }

        return left;
    }

    private TemplateExpression Not()
    {
        if (!reader.TryTakeName("not")) return Comparison();
        TemplateExpression inner = reader.Nested(Not);
        return state => !TemplateValues.IsTrue(inner(state));
    }

    private TemplateExpression Comparison()
    {
        TemplateExpression left = Sum();
        while (true)
        {
            TemplateExpression first = left;
            if (reader.Current.Kind == TemplateTokenKind.Operator && s_comparisons.Contains(reader.Current.Text))
            {
                string sign = reader.Take().Text;
                TemplateExpression second = Sum();
                left = state => Compare(sign, first(state), second(state));
            }
            else if (reader.TryTakeName("in"))
            {
                TemplateExpression container = Sum();
                left = state => TemplateValues.Contains(container(state), first(state));
            }
            else if (reader.Is(TemplateTokenKind.Name, "not"))
            {
                reader.Take();
                if (!reader.TryTakeName("in")) throw reader.Error("\"in\" is expected after \"not\"");
                TemplateExpression container = Sum();
                left = state => !TemplateValues.Contains(container(state), first(state));
            }
            else
            {
                return left;
            }
        }
    }

    private static bool Compare(string sign, object? left, object? right) => sign switch
    {
        "==" => TemplateValues.Same(left, right),
        "!=" => !TemplateValues.Same(left, right),
        "<" => TemplateValues.Compare(left, right) < 0,
        "<=" => TemplateValues.Compare(left, right) <= 0,
        ">" => TemplateValues.Compare(left, right) > 0,
        _ => TemplateValues.Compare(left, right) >= 0,
    };

    private TemplateExpression Sum()
    {
        TemplateExpression left = Joined();
        while (reader.Is(TemplateTokenKind.Operator, "+") || reader.Is(TemplateTokenKind.Operator, "-"))
        {
            string sign = reader.Take().Text;
            (TemplateExpression first, TemplateExpression second) = (left, Joined());
            left = sign == "+" ? state => TemplateValues.Add(first(state), second(state)) : state => TemplateValues.Arithmetic("-", first(state), second(state));
        }

        return left;
    }

    private TemplateExpression Joined()
    {
        TemplateExpression left = Product();
        while (reader.TryTakeOperator("~"))
        {
            (TemplateExpression first, TemplateExpression second) = (left, Product());
            left = state => MarkedText.Concat(TemplateValues.Text(first(state)), TemplateValues.Text(second(state)));
        }

        return left;
    }

    private TemplateExpression Product()
    {
        TemplateExpression left = Unary();
        while (reader.Current is { Kind: TemplateTokenKind.Operator, Text: "*" or "/" or "//" or "%" })
        {
            string sign = reader.Take().Text;
            (TemplateExpression first, TemplateExpression second) = (left, Unary());
            left = state => TemplateValues.Arithmetic(sign, first(state), second(state));
        }

        return left;
    }

    private TemplateExpression Unary()
    {
        if (reader.TryTakeOperator("-"))
        {
            TemplateExpression inner = reader.Nested(Unary);
            return state => TemplateValues.Arithmetic("-", 0L, inner(state));
        }

        return new PostfixParser(reader, this).Read(Primary());
    }

    internal TemplateExpression Primary()
    {
        TemplateToken token = reader.Take();
        switch (token.Kind)
        {
            case TemplateTokenKind.String:
                MarkedText text = MarkedText.Trusted(token.Text);
                return _ => text;
            case TemplateTokenKind.Number:
                return Number(token.Text);
            case TemplateTokenKind.Name:
                return Name(token.Text);
            case TemplateTokenKind.Operator when token.Text == "(":
                TemplateExpression inner = Read();
                reader.Expect(")");
                return inner;
            case TemplateTokenKind.Operator when token.Text == "[":
                return ListLiteral();
            case TemplateTokenKind.Operator when token.Text == "{":
                return MapLiteral();
            default:
                throw reader.Error($"\"{token.Text}\" stands where a value is expected");
        }
    }

    private TemplateExpression Number(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long whole)) return _ => whole;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double real) ? _ => real : throw reader.Error("a number cannot be read");
    }

    private TemplateExpression Name(string name)
    {
        if (reader.Is(TemplateTokenKind.Operator, "(")) return TemplateFunctions.Call(name, Arguments()) ?? throw reader.Error($"the function {name} is not known");
        return name switch
        {
            "true" or "True" => _ => true,
            "false" or "False" => _ => false,
            "none" or "None" => _ => null,
            _ => state => state.Get(name),
        };
    }

    private TemplateExpression ListLiteral()
    {
        var items = new List<TemplateExpression>();
        while (!reader.TryTakeOperator("]"))
        {
            items.Add(Read());
            if (!reader.TryTakeOperator(",") && !reader.Is(TemplateTokenKind.Operator, "]")) throw reader.Error("a list does not end");
        }

        return state => items.Select(item => item(state)).ToList();
    }

    private TemplateExpression MapLiteral()
    {
        var items = new List<(TemplateExpression Key, TemplateExpression Value)>();
        while (!reader.TryTakeOperator("}"))
        {
            TemplateExpression key = Read();
            reader.Expect(":");
            items.Add((key, Read()));
            if (!reader.TryTakeOperator(",") && !reader.Is(TemplateTokenKind.Operator, "}")) throw reader.Error("a mapping does not end");
        }

        return state => items.ToDictionary(item => TemplateMethods.Text(item.Key(state)).Text, item => item.Value(state), StringComparer.Ordinal);
    }

    /// <summary>Reads arguments in parentheses.</summary>
    internal Func<TemplateState, TemplateArguments> Arguments()
    {
        reader.Expect("(");
        var positional = new List<TemplateExpression>();
        var named = new List<(string Name, TemplateExpression Value)>();
        while (!reader.TryTakeOperator(")"))
        {
            if (reader.Current.Kind == TemplateTokenKind.Name && reader.FollowedBy("="))
            {
                string name = reader.Take().Text;
                reader.Expect("=");
                named.Add((name, Read()));
            }
            else
            {
                positional.Add(Read());
            }

            if (!reader.TryTakeOperator(",") && !reader.Is(TemplateTokenKind.Operator, ")")) throw reader.Error("a call does not end");
        }

        return state =>
        {
            state.Step();
            var values = new Dictionary<string, object?>(StringComparer.Ordinal);
            foreach ((string name, TemplateExpression value) in named) values[name] = value(state);
            return new TemplateArguments([.. positional.Select(value => value(state))], values);
        };
    }
}
