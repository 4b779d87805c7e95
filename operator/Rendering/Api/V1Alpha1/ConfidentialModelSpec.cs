using ConfidentialOperator.Rendering.Api.Schema;

namespace ConfidentialOperator.Rendering.Api.V1Alpha1;

/// <summary>What the user wants of a confidential model.</summary>
[ValidationRule("!(has(self.replicas) && has(self.scaling))", message: "give either replicas or scaling, not both", fieldPath: ".scaling")]
public sealed record ConfidentialModelSpec
{
    /// <summary>Gets the model.</summary>
    [Required]
    [Description("The sealed model and the identity of its weights.")]
    public ModelSpec Model { get; init; } = new();

    /// <summary>Gets the trusted execution environment.</summary>
    [Required]
    [Description("The trusted execution environment that the pods run in.")]
    public TeeSpec Tee { get; init; } = new();

    /// <summary>Gets who decides on the key, and how often.</summary>
    [Required]
    [Description("Who decides whether a guest gets the model key, by which policy, and how often the guest proves itself again.")]
    public AttestationSpec Attestation { get; init; } = new();

    /// <summary>Gets the images and their resources.</summary>
    [Required]
    [Description("The images of the pod and their resources.")]
    public RuntimeSpec Runtime { get; init; } = new();

    /// <summary>Gets who may ask.</summary>
    [Required]
    [Description("Who may ask the model. Part of the measured configuration.")]
    public AccessSpec Access { get; init; } = new();

    /// <summary>Gets the number of replicas; null where scaling decides, or for one.</summary>
    [RangeMinimum(0)]
    [RangeMaximum(1000)]
    [Description("The number of replicas; 1 when neither replicas nor scaling is given.")]
    public int? Replicas { get; init; }

    /// <summary>Gets the bounds of automatic scaling; null for a fixed number.</summary>
    [Description("The bounds of automatic scaling. Excludes replicas.")]
    public ScalingSpec? Scaling { get; init; }

    /// <summary>Gets how pods are replaced; null for the defaults.</summary>
    [Description("How pods are replaced when the specification changes.")]
    public RolloutSpec? Rollout { get; init; }

    /// <summary>Gets the overrides of placement; null for the platform's own.</summary>
    [Description("Overrides of the placement that the platform chooses.")]
    public PlacementSpec? Placement { get; init; }
}
