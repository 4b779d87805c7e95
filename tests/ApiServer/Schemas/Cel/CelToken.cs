namespace ConfidentialOperator.ApiServer.Schemas.Cel;

/// <summary>A word of a CEL expression; a literal carries its value.</summary>
internal readonly record struct CelToken(CelTokenKind Kind, string Text, object? Value, int Position);

/// <summary>The classes of words.</summary>
internal enum CelTokenKind
{
    End,
    Name,
    Literal,
    Operator,
}
