namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>A rule in the Common Expression Language that the API server checks.</summary>
/// <param name="rule">The expression; `self` is the value, `oldSelf` the stored one.</param>
/// <param name="fieldPath">The field that the error names; null for the value itself.</param>
/// <param name="message">The sentence a user reads.</param>
/// <param name="messageExpression">An expression that makes the sentence.</param>
/// <param name="reason">The machine-readable reason of the API server, for example FieldValueForbidden.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class ValidationRuleAttribute(
    string rule,
    string? fieldPath = null,
    string? message = null,
    string? messageExpression = null,
    string? reason = null) : Attribute
{
    /// <summary>Gets the expression.</summary>
    public string Rule { get; } = rule;

    /// <summary>Gets the field that the error names.</summary>
    public string? FieldPath { get; } = fieldPath;

    /// <summary>Gets the sentence a user reads.</summary>
    public string? Message { get; } = message;

    /// <summary>Gets the expression that makes the sentence.</summary>
    public string? MessageExpression { get; } = messageExpression;

    /// <summary>Gets the reason.</summary>
    public string? Reason { get; } = reason;
}
