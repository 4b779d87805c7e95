namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The text must match a regular expression (RE2, anchored by its author).</summary>
/// <param name="regexPattern">The expression.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatternAttribute(string regexPattern) : Attribute
{
    /// <summary>Gets the expression.</summary>
    public string RegexPattern { get; } = regexPattern;
}
