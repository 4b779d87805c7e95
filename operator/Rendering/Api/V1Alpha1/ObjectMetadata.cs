namespace ConfidentialOperator.Rendering.Api.V1Alpha1;

/// <summary>The part of Kubernetes' ObjectMeta that rendering reads; its schema is the API server's own.</summary>
public sealed record ObjectMetadata
{
    /// <summary>Gets the name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the namespace; null before it is known.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets the identity that the API server gave; null offline.</summary>
    public string? Uid { get; init; }

    /// <summary>Gets the number of the specification's change.</summary>
    public long? Generation { get; init; }

    /// <summary>Gets the labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Gets the annotations.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}
