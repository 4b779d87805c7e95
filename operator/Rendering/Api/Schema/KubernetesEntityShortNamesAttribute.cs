namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The short names that kubectl accepts.</summary>
/// <param name="shortNames">The names.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KubernetesEntityShortNamesAttribute(params string[] shortNames) : Attribute
{
    /// <summary>Gets the names.</summary>
    public string[] ShortNames { get; } = shortNames;
}
