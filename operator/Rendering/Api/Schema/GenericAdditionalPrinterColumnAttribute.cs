namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>A column of `kubectl get` with a JSON path of its own.</summary>
/// <param name="jsonPath">The path, beginning with a dot.</param>
/// <param name="name">The heading.</param>
/// <param name="type">string, integer, boolean, number or date.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class GenericAdditionalPrinterColumnAttribute(string jsonPath, string name, string type) : Attribute
{
    /// <summary>Gets the path.</summary>
    public string JsonPath { get; } = jsonPath;

    /// <summary>Gets the heading.</summary>
    public string Name { get; } = name;

    /// <summary>Gets the type.</summary>
    public string Type { get; } = type;

    /// <summary>Gets the sentence that explains the column.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the priority: 0 for the normal view.</summary>
    public int Priority { get; init; }
}
