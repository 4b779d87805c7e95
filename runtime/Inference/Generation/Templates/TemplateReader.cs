namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>Goes through the tokens of a template.</summary>
internal sealed class TemplateReader(IReadOnlyList<TemplateToken> tokens)
{
    private const int MostDepth = 128;

    private int _at;
    private int _depth;

    /// <summary>Gets whether all tokens are read.</summary>
    public bool AtEnd => _at >= tokens.Count;

    /// <summary>Gets the next token.</summary>
    public TemplateToken Current => AtEnd ? new TemplateToken(TemplateTokenKind.End, "", tokens.Count > 0 ? tokens[^1].Line : 1) : tokens[_at];

    /// <summary>Takes the next token.</summary>
    public TemplateToken Take()
    {
        TemplateToken token = Current;
        _at++;
        return token;
    }

    /// <summary>Whether the next token is this one.</summary>
    public bool Is(TemplateTokenKind kind, string text) => !AtEnd && Current.Kind == kind && Current.Text == text;

    /// <summary>Whether the token after the next is this one.</summary>
    public bool FollowedBy(string sign) => _at + 1 < tokens.Count && tokens[_at + 1] is { Kind: TemplateTokenKind.Operator } next && next.Text == sign;

    /// <summary>Takes the next token if it is this one.</summary>
    public bool TryTake(TemplateTokenKind kind, string text)
    {
        if (!Is(kind, text)) return false;
        _at++;
        return true;
    }

    public bool TryTakeOperator(string sign) => TryTake(TemplateTokenKind.Operator, sign);

    public bool TryTakeName(string name) => TryTake(TemplateTokenKind.Name, name);

    /// <summary>Takes an operator that must come now.</summary>
    public void Expect(string sign)
    {
        if (!TryTakeOperator(sign)) throw Error($"\"{sign}\" is expected");
    }

    /// <summary>Takes a name that must come now.</summary>
    public string ExpectName() => Current.Kind == TemplateTokenKind.Name ? Take().Text : throw Error("a name is expected");

    /// <summary>Takes the end of a tag, which must come now.</summary>
    public void ExpectEnd()
    {
        if (AtEnd || Take().Kind != TemplateTokenKind.End) throw Error("the tag does not end where it should");
    }

    /// <summary>Reads something that can hold itself; the depth is bounded.</summary>
    public T Nested<T>(Func<T> read)
    {
        if (++_depth > MostDepth) throw Error("it is nested too deeply");
        T value = read();
        _depth--;
        return value;
    }

    /// <summary>What is wrong, with the line.</summary>
    public TemplateException Error(string problem) => new($"line {Current.Line}: {problem}");
}
