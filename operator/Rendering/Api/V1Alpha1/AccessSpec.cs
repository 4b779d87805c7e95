using ConfidentialOperator.Rendering.Api.Schema;

namespace ConfidentialOperator.Rendering.Api.V1Alpha1;

/// <summary>Who may ask the model.</summary>
[ValidationRule("self.mode != 'keys' || has(self.callersResourceId)", message: "spec.access.callersResourceId is needed when spec.access.mode is keys", fieldPath: ".callersResourceId")]
[ValidationRule("self.mode != 'open' || !has(self.callersResourceId)", message: "spec.access.callersResourceId has no meaning when spec.access.mode is open", fieldPath: ".callersResourceId")]
public sealed record AccessSpec
{
    /// <summary>Only callers of the owner's list.</summary>
    public const string Keys = "keys";

    /// <summary>Everybody.</summary>
    public const string Open = "open";

    /// <summary>Gets the mode.</summary>
    [Required]
    [EnumValues(Keys, Open)]
    [Description("keys: only callers of the list that the owner signed; open: everybody. Has no default, so that open is written down.")]
    public string Mode { get; init; } = "";

    /// <summary>Gets the caller list's resource; null when access is open.</summary>
    [Pattern(ResourcePatterns.Kbs)]
    [Length(1, 300)]
    [Description("The resource of the signed caller list in the broker, of the same tenant as the key.")]
    public string? CallersResourceId { get; init; }
}
