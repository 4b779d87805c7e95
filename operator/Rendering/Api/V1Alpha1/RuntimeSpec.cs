using ConfidentialOperator.Rendering.Api.Schema;

namespace ConfidentialOperator.Rendering.Api.V1Alpha1;

/// <summary>The images of the pod and their resources.</summary>
public sealed record RuntimeSpec
{
    /// <summary>Gets the image of the inference container.</summary>
    [Required]
    [Length(1, 512)]
    [ValidationRule(ResourcePatterns.ImageByDigest, message: "spec.runtime.image must name the image by digest: repository@sha256:...")]
    [Description("The image of the inference container, by digest.")]
    public string Image { get; init; } = "";

    /// <summary>Gets the image of the sidecar container.</summary>
    [Required]
    [Length(1, 512)]
    [ValidationRule(ResourcePatterns.ImageByDigest, message: "spec.runtime.sidecarImage must name the image by digest: repository@sha256:...")]
    [Description("The image of the sidecar container, by digest.")]
    public string SidecarImage { get; init; } = "";

    /// <summary>Gets the resources of the inference container.</summary>
    [Required]
    [Description("The resources of the inference container. Limits of cpu and memory size the guest and are needed.")]
    public ResourceRequirements Resources { get; init; } = new();

    /// <summary>Gets the most requests in flight.</summary>
    [RangeMinimum(1)]
    [RangeMaximum(4096)]
    [DefaultValue(64)]
    [Description("The most requests in flight per replica; more are answered with 429.")]
    public int MaxConcurrentRequests { get; init; } = 64;

    /// <summary>Gets how answers are padded.</summary>
    [EnumValues("off", "bucket", "fixed")]
    [DefaultValue("bucket")]
    [Description("How lengths of answers are hidden: off, bucket (next size of a series) or fixed.")]
    public string Padding { get; init; } = "bucket";
}

/// <summary>Resources of a container.</summary>
public sealed record ResourceRequirements
{
    /// <summary>Gets what the scheduler sets aside.</summary>
    [PropertyLimits(maxProperties: 16)]
    [Description("What the scheduler sets aside.")]
    public IReadOnlyDictionary<string, Quantity>? Requests { get; init; }

    /// <summary>Gets the most the container may use.</summary>
    [Required]
    [PropertyLimits(minProperties: 1, maxProperties: 16)]
    [Description("The most the container may use; cpu and memory are needed.")]
    public IReadOnlyDictionary<string, Quantity>? Limits { get; init; }
}
