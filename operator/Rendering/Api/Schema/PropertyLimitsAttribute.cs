namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The bounds of a map.</summary>
/// <param name="minProperties">The fewest entries; -1 for no bound.</param>
/// <param name="maxProperties">The most entries; -1 for no bound.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PropertyLimitsAttribute(long minProperties = -1, long maxProperties = -1) : Attribute
{
    /// <summary>Gets the fewest entries.</summary>
    public long MinProperties { get; } = minProperties;

    /// <summary>Gets the most entries.</summary>
    public long MaxProperties { get; } = maxProperties;
}
