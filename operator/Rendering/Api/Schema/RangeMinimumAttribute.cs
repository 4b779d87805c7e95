namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The least value of a number.</summary>
/// <param name="minimum">The least value.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RangeMinimumAttribute(double minimum) : Attribute
{
    /// <summary>Gets the least value.</summary>
    public double Minimum { get; } = minimum;
}
