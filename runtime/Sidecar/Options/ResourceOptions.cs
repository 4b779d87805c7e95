using System.ComponentModel.DataAnnotations;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.Sidecar.Options;

/// <summary>The broker's resources.</summary>
internal sealed class ResourceOptions : IValidatableObject
{
    /// <summary>Gets the name of the model's key.</summary>
    [Required]
    public string ModelKey { get; set; } = "";

    /// <summary>Gets the name of the caller list; empty when access is open.</summary>
    public string Callers { get; set; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!KbsResourceUri.TryParse(ModelKey, out _))
        {
            yield return new("Resources:ModelKey must be kbs:///REPOSITORY/TYPE/TAG.", [nameof(ModelKey)]);
        }

        if (Callers.Length > 0 && !KbsResourceUri.TryParse(Callers, out _))
        {
            yield return new("Resources:Callers must be kbs:///REPOSITORY/TYPE/TAG or empty.", [nameof(Callers)]);
        }
    }
}
