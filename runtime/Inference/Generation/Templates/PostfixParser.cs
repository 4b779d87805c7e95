namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>Reads what follows a value: members, slices, calls of methods, filters and tests.</summary>
internal sealed class PostfixParser(TemplateReader reader, ExpressionParser expressions)
{
    private static readonly string[] s_words = ["and", "or", "not", "if", "else", "in", "is"];

    /// <summary>Reads everything that follows.</summary>
    public TemplateExpression Read(TemplateExpression value)
    {
        while (true)
        {
            if (reader.TryTakeOperator(".")) value = Attribute(value);
            else if (reader.TryTakeOperator("[")) value = Subscript(value);
            else if (reader.TryTakeOperator("|")) value = Filter(value);
            else if (reader.TryTakeName("is")) value = Test(value);
            else return value;
        }
    }

    private TemplateExpression Attribute(TemplateExpression value)
    {
        string name = reader.ExpectName();
        if (reader.Is(TemplateTokenKind.Operator, "("))
        {
            TemplateMethod method = TemplateMethods.Find(name) ?? throw reader.Error($"the method {name} is not known");
            Func<TemplateState, TemplateArguments> arguments = expressions.Arguments();
            return state => method(value(state), arguments(state));
        }

        object key = Tokenizers.MarkedText.Trusted(name);
        return state => TemplateValues.Member(value(state), key);
    }

    private TemplateExpression Subscript(TemplateExpression value)
    {
        TemplateExpression? first = reader.Is(TemplateTokenKind.Operator, ":") ? null : expressions.Read();
        if (reader.TryTakeOperator("]"))
        {
            TemplateExpression key = first ?? throw reader.Error("an index is expected");
            return state => TemplateValues.Member(value(state), key(state));
        }

        reader.Expect(":");
        TemplateExpression? end = Bound();
        TemplateExpression? step = reader.TryTakeOperator(":") ? Bound() : null;
        reader.Expect("]");
        return state => TemplateValues.Slice(value(state), first?.Invoke(state), end?.Invoke(state), step?.Invoke(state));
    }

    private TemplateExpression? Bound() =>
        reader.Is(TemplateTokenKind.Operator, ":") || reader.Is(TemplateTokenKind.Operator, "]") ? null : expressions.Read();

    private TemplateExpression Filter(TemplateExpression value)
    {
        string name = reader.ExpectName();
        TemplateMethod filter = TemplateFilters.Find(name) ?? throw reader.Error($"the filter {name} is not known");
        Func<TemplateState, TemplateArguments> arguments = reader.Is(TemplateTokenKind.Operator, "(") ? expressions.Arguments() : _ => TemplateArguments.None;
        return state => filter(value(state), arguments(state));
    }

    /// <summary>A test may have one argument without parentheses.</summary>
    private Func<TemplateState, TemplateArguments> TestArguments()
    {
        if (reader.Is(TemplateTokenKind.Operator, "(")) return expressions.Arguments();
        TemplateToken next = reader.Current;
        bool bare = next.Kind switch
        {
            TemplateTokenKind.String or TemplateTokenKind.Number => true,
            TemplateTokenKind.Name => !s_words.Contains(next.Text),
            TemplateTokenKind.Operator => next.Text is "[" or "{",
            _ => false,
        };
        if (!bare) return _ => TemplateArguments.None;
        TemplateExpression argument = expressions.Primary();
        return state => new TemplateArguments([argument(state)], TemplateArguments.None.Named);
    }

    private TemplateExpression Test(TemplateExpression value)
    {
        bool negated = reader.TryTakeName("not");
        string name = reader.ExpectName().ToLowerInvariant();
        TemplateTest test = TemplateTests.Find(name) ?? throw reader.Error($"the test {name} is not known");
        Func<TemplateState, TemplateArguments> arguments = TestArguments();
        return state => test(value(state), arguments(state)) != negated;
    }
}
