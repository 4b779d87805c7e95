namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The value that the API server fills in when the field is absent.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultValueAttribute : Attribute
{
    /// <summary>A text.</summary>
    /// <param name="value">The value.</param>
    public DefaultValueAttribute(string value) => Value = value;

    /// <summary>A whole number.</summary>
    /// <param name="value">The value.</param>
    public DefaultValueAttribute(long value) => Value = value;

    /// <summary>A truth value.</summary>
    /// <param name="value">The value.</param>
    public DefaultValueAttribute(bool value) => Value = value;

    /// <summary>Gets the value.</summary>
    public object Value { get; }
}
