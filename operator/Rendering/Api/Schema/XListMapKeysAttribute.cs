namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The fields that tell the items of a list apart.</summary>
/// <param name="keys">The fields.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class XListMapKeysAttribute(params string[] keys) : Attribute
{
    /// <summary>Gets the fields.</summary>
    public string[] Keys { get; } = keys;
}
