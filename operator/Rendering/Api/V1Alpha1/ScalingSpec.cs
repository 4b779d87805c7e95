using ConfidentialOperator.Rendering.Api.Schema;

namespace ConfidentialOperator.Rendering.Api.V1Alpha1;

/// <summary>The bounds of automatic scaling.</summary>
[ValidationRule("self.minReplicas <= self.maxReplicas", message: "spec.scaling.minReplicas must not be greater than spec.scaling.maxReplicas", fieldPath: ".minReplicas")]
public sealed record ScalingSpec
{
    /// <summary>Gets the fewest replicas.</summary>
    [Required]
    [RangeMinimum(0)]
    [RangeMaximum(1000)]
    [Description("The fewest replicas.")]
    public int MinReplicas { get; init; }

    /// <summary>Gets the most replicas.</summary>
    [Required]
    [RangeMinimum(1)]
    [RangeMaximum(1000)]
    [Description("The most replicas.")]
    public int MaxReplicas { get; init; }

    /// <summary>Gets the requests in flight per replica that scaling aims at.</summary>
    [RangeMinimum(1)]
    [RangeMaximum(4096)]
    [DefaultValue(16)]
    [Description("The requests in flight per replica that scaling aims at.")]
    public int TargetInFlightRequests { get; init; } = 16;
}

/// <summary>How pods are replaced.</summary>
public sealed record RolloutSpec
{
    /// <summary>Gets how many pods may be there beyond the wanted number.</summary>
    [Description("How many pods may be there beyond the wanted number: a number or a percentage. Default: 1. Use 0 where GPUs are scarce.")]
    public NumberOrPercent? MaxSurge { get; init; }

    /// <summary>Gets how many pods may be missing.</summary>
    [Description("How many pods may be missing: a number or a percentage. Default: 0.")]
    public NumberOrPercent? MaxUnavailable { get; init; }
}
