namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The sentence that `kubectl explain` shows for a field or a type.</summary>
/// <param name="description">The sentence.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property)]
public sealed class DescriptionAttribute(string description) : Attribute
{
    /// <summary>Gets the sentence.</summary>
    public string Description { get; } = description;
}
