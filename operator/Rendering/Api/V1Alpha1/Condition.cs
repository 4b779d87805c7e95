using ConfidentialOperator.Rendering.Api.Schema;

namespace ConfidentialOperator.Rendering.Api.V1Alpha1;

/// <summary>One condition, in the shape of Kubernetes' metav1.Condition.</summary>
public sealed record Condition
{
    /// <summary>Gets the type.</summary>
    [Required]
    [Pattern("^[A-Z][A-Za-z]*$")]
    [Length(1, 64)]
    [Description("The type, for example Ready.")]
    public string Type { get; init; } = "";

    /// <summary>Gets True, False or Unknown.</summary>
    [Required]
    [EnumValues("True", "False", "Unknown")]
    [Description("True, False or Unknown.")]
    public string Status { get; init; } = "";

    /// <summary>Gets the generation that was looked at.</summary>
    [Description("The generation that was looked at.")]
    public long? ObservedGeneration { get; init; }

    /// <summary>Gets when the status changed last, in RFC 3339.</summary>
    [Required]
    [Format("date-time")]
    [Length(1, 64)]
    [Description("When the status changed last.")]
    public string LastTransitionTime { get; init; } = "";

    /// <summary>Gets the stable code of the reason.</summary>
    [Required]
    [Pattern("^[A-Z][A-Za-z0-9]*$")]
    [Length(1, 128)]
    [Description("The stable code of the reason.")]
    public string Reason { get; init; } = "";

    /// <summary>Gets the sentence for people.</summary>
    [Required]
    [Length(0, 4096)]
    [Description("The sentence for people.")]
    public string Message { get; init; } = "";
}
