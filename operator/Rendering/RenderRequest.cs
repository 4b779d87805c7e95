using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Rendering;

/// <summary>Everything that rendering depends on; the same request gives the same bytes.</summary>
public sealed record RenderRequest
{
    /// <summary>Gets the resource. Without a uid in its metadata no owner references are rendered.</summary>
    public required ConfidentialModel Model { get; init; }

    /// <summary>Gets the number of replicas where automatic scaling has decided one; null for the resource's own.</summary>
    public int? Replicas { get; init; }
}
