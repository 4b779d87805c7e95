using ConfidentialOperator.Inference.Generation.Tokenizers;

namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>An expression that is ready to be computed.</summary>
internal delegate object? TemplateExpression(TemplateState state);

/// <summary>A statement that is ready to be run.</summary>
internal delegate void TemplateStatement(TemplateState state);

/// <summary>One rendering: variables, output, and a budget, so that every rendering ends.</summary>
internal sealed class TemplateState
{
    private const int MostSteps = 2_000_000;
    private const int MostCharacters = 16 * 1024 * 1024;

    private readonly List<Dictionary<string, object?>> _scopes;
    private List<MarkedText> _output = [];
    private int _characters;
    private int _steps;

    public TemplateState(Dictionary<string, object?> variables) => _scopes = [variables, new(StringComparer.Ordinal)];

    /// <summary>Gets or sets how the running loop goes on: null, <c>break</c> or <c>continue</c>.</summary>
    public string? Jump { get; set; }

    /// <summary>Gets what was written.</summary>
    public MarkedText Output => MarkedText.Concat([.. _output]);

    /// <summary>Counts a step.</summary>
    public void Step()
    {
        if (++_steps > MostSteps) throw new TemplateException("it takes too many steps");
    }

    /// <summary>Writes text.</summary>
    public void Write(MarkedText text)
    {
        _characters += text.Length;
        if (_characters > MostCharacters) throw new TemplateException("it writes too much");
        _output.Add(text);
    }

    /// <summary>Runs statements and gives what they write as a value.</summary>
    public MarkedText Capture(TemplateStatement body)
    {
        List<MarkedText> outside = _output;
        _output = [];
        try
        {
            body(this);
            return Output;
        }
        finally
        {
            _output = outside;
        }
    }

    /// <summary>The value of a variable.</summary>
    public object? Get(string name)
    {
        for (int i = _scopes.Count - 1; i >= 0; i--)
        {
            if (_scopes[i].TryGetValue(name, out object? value)) return value;
        }

        return TemplateValues.Undefined;
    }

    /// <summary>Sets a variable in the innermost scope.</summary>
    public void Set(string name, object? value) => _scopes[^1][name] = value;

    /// <summary>Runs statements in a scope of their own.</summary>
    public void Scoped(Action body)
    {
        _scopes.Add(new(StringComparer.Ordinal));
        try
        {
            body();
        }
        finally
        {
            _scopes.RemoveAt(_scopes.Count - 1);
        }
    }
}
