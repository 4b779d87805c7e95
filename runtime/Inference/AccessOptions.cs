using System.ComponentModel.DataAnnotations;

namespace ConfidentialOperator.Inference;

/// <summary>Who may ask.</summary>
internal sealed class AccessOptions
{
    /// <summary>Gets the mode. There is no default: open access must be written down.</summary>
    [EnumDataType(typeof(AccessMode), ErrorMessage = "Access:Mode must be keys or open.")]
    public AccessMode Mode { get; set; }
}
