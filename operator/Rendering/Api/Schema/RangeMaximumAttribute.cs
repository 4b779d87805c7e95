namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The greatest value of a number.</summary>
/// <param name="maximum">The greatest value.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RangeMaximumAttribute(double maximum) : Attribute
{
    /// <summary>Gets the greatest value.</summary>
    public double Maximum { get; } = maximum;
}
