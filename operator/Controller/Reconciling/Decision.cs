using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>What a pass does.</summary>
internal sealed record Decision
{
    public static readonly Decision Nothing = new();

    public IReadOnlyList<ModelAction> Actions { get; init; } = [];

    /// <summary>Gets the status to write; null when the one that is there is right.</summary>
    public ConfidentialModelStatus? Status { get; init; }

    /// <summary>Gets what to tell once the status is written.</summary>
    public IReadOnlyList<EventNote> Events { get; init; } = [];

    /// <summary>Gets when to look again although nothing has changed; null for never.</summary>
    public TimeSpan? Again { get; init; }

    /// <summary>Gets whether the model is as it should be, so that looking at it can wait.</summary>
    public bool Steady { get; init; }
}
