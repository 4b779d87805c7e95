namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>Group, version and kind of a resource (the shape of KubernetesClient's attribute of that name).</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KubernetesEntityAttribute : Attribute
{
    /// <summary>Gets the API group.</summary>
    public required string Group { get; init; }

    /// <summary>Gets the version.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Gets the kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets the name in URLs.</summary>
    public required string PluralName { get; init; }
}
