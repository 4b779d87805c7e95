namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The OpenAPI format of a field.</summary>
/// <param name="format">For example date-time.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FormatAttribute(string format) : Attribute
{
    /// <summary>Gets the format.</summary>
    public string Format { get; } = format;
}
