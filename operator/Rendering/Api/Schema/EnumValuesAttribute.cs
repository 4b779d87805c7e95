namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The words a text field may hold.</summary>
/// <param name="values">The words.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EnumValuesAttribute(params string[] values) : Attribute
{
    /// <summary>Gets the words.</summary>
    public string[] Values { get; } = values;
}
