namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The most characters of every text in a list, or of every key and value of a map.</summary>
/// <param name="maxLength">The most characters.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ItemLengthAttribute(long maxLength) : Attribute
{
    /// <summary>Gets the most characters.</summary>
    public long MaxLength { get; } = maxLength;
}
