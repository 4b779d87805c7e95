using System.Text.Json.Serialization;
using ConfidentialOperator.Rendering.Api.Schema;

namespace ConfidentialOperator.Rendering.Api.V1Alpha1;

/// <summary>An encrypted model that is served from attested guests only.</summary>
[KubernetesEntity(Group = Group, ApiVersion = Version, Kind = KindName, PluralName = Plural)]
[KubernetesEntityShortNames("cfm")]
[KubernetesEntityCategories("confidential")]
[Description("ConfidentialModel turns an encrypted model into a service on confidential nodes: weights, prompts and answers are readable only inside the attested guest.")]
[GenericAdditionalPrinterColumn(".status.conditions[?(@.type==\"Ready\")].status", "Ready", "string", Description = "Whether attested replicas serve the model.")]
[GenericAdditionalPrinterColumn(".status.conditions[?(@.type==\"Ready\")].reason", "Reason", "string", Description = "The stable code of the reason.")]
[GenericAdditionalPrinterColumn(".spec.tee.type", "TEE", "string", Description = "The kind of trusted execution environment.")]
[GenericAdditionalPrinterColumn(".status.attested", "Attested", "string", Description = "Replicas that got the key of all that are wanted.")]
[GenericAdditionalPrinterColumn(".status.initDataDigest", "InitData", "string", Description = "The digest that the guests are measured with.", Priority = 1)]
[GenericAdditionalPrinterColumn(".status.trust.measurement", "Measurement", "string", Description = "The launch measurement of the newest attestation.", Priority = 1)]
[GenericAdditionalPrinterColumn(".metadata.creationTimestamp", "Age", "date")]
[ScaleSubresource(".spec.replicas", ".status.replicas", ".status.selector")]
[ValidationRule("size(self.metadata.name) <= 40", message: "metadata.name must not be longer than 40 characters, because names of owned objects are made from it")]
public sealed record ConfidentialModel
{
    /// <summary>The API group.</summary>
    public const string Group = "confidential-operator.dev";

    /// <summary>The version of these types.</summary>
    public const string Version = "v1alpha1";

    /// <summary>The kind.</summary>
    public const string KindName = "ConfidentialModel";

    /// <summary>The name in URLs.</summary>
    public const string Plural = "confidentialmodels";

    /// <summary>Gets the group and version.</summary>
    public string ApiVersion { get; init; } = Group + "/" + Version;

    /// <summary>Gets the kind.</summary>
    public string Kind { get; init; } = KindName;

    /// <summary>Gets the metadata.</summary>
    [Required]
    public ObjectMetadata Metadata { get; init; } = new();

    /// <summary>Gets what the user wants.</summary>
    [Required]
    [Description("What the user wants.")]
    public ConfidentialModelSpec Spec { get; init; } = new();

    /// <summary>Gets what was observed; null before the first pass.</summary>
    [Description("What was observed. Written by the controller only.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ConfidentialModelStatus? Status { get; init; }
}
