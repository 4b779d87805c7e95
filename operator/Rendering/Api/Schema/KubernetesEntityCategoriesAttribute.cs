namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The categories under which kubectl lists the resource.</summary>
/// <param name="categories">The categories.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KubernetesEntityCategoriesAttribute(params string[] categories) : Attribute
{
    /// <summary>Gets the categories.</summary>
    public string[] Categories { get; } = categories;
}
