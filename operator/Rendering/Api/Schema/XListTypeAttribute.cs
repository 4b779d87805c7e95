namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>How server-side apply merges a list.</summary>
/// <param name="type">The way.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class XListTypeAttribute(XListType type) : Attribute
{
    /// <summary>Gets the way.</summary>
    public XListType Type { get; } = type;
}
