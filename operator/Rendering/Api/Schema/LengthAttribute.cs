namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The bounds of a text, in characters.</summary>
/// <param name="minLength">The fewest characters; -1 for no bound.</param>
/// <param name="maxLength">The most characters; -1 for no bound.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LengthAttribute(long minLength = -1, long maxLength = -1) : Attribute
{
    /// <summary>Gets the fewest characters.</summary>
    public long MinLength { get; } = minLength;

    /// <summary>Gets the most characters.</summary>
    public long MaxLength { get; } = maxLength;
}
