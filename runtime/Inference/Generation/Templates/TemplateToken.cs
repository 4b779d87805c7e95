namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>The kinds of tokens.</summary>
internal enum TemplateTokenKind
{
    Text,
    BeginOutput,
    BeginBlock,
    End,
    Name,
    String,
    Number,
    Operator,
}

/// <summary>A token of a template with its line.</summary>
internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text, int Line);
