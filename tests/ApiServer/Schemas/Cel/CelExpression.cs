namespace ConfidentialOperator.ApiServer.Schemas.Cel;

/// <summary>A parsed CEL expression.</summary>
internal sealed class CelExpression
{
    private readonly CelNode _root;
    private readonly string _text;

    private CelExpression(CelNode root, string text)
    {
        _root = root;
        _text = text;
    }

    public static CelExpression Parse(string text) => new(new CelParser(text).Parse(), text);

    public bool Mentions(string variable) => System.Text.RegularExpressions.Regex.IsMatch(_text, $@"\b{variable}\b");

    /// <summary>Evaluates with variables whose values are JSON nodes or plain CEL values.</summary>
    public object? Evaluate(IReadOnlyDictionary<string, object?> variables) => new CelEvaluator(variables).Evaluate(_root);
}
