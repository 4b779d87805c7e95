namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The bounds of a list.</summary>
/// <param name="minItems">The fewest items; -1 for no bound.</param>
/// <param name="maxItems">The most items; -1 for no bound.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ItemsAttribute(long minItems = -1, long maxItems = -1) : Attribute
{
    /// <summary>Gets the fewest items.</summary>
    public long MinItems { get; } = minItems;

    /// <summary>Gets the most items.</summary>
    public long MaxItems { get; } = maxItems;
}
