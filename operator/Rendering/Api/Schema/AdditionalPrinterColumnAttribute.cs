namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>A column of `kubectl get` that shows the annotated field.</summary>
/// <param name="priority">0 for the normal view, greater for the wide one.</param>
/// <param name="name">The heading.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AdditionalPrinterColumnAttribute(int priority = 0, string? name = null) : Attribute
{
    /// <summary>Gets the priority.</summary>
    public int Priority { get; } = priority;

    /// <summary>Gets the heading.</summary>
    public string? Name { get; } = name;
}
