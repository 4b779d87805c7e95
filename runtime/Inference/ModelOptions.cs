using System.ComponentModel.DataAnnotations;

namespace ConfidentialOperator.Inference;

/// <summary>Which model is served.</summary>
internal sealed class ModelOptions
{
    /// <summary>Gets the name that clients ask for.</summary>
    [Required]
    [RegularExpression("[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?", ErrorMessage = "Model:Name must be a name of letters, digits, '.', '_' and '-'.")]
    public string Name { get; set; } = "";

    /// <summary>Gets the task: chat, completions, embeddings, transcription or tensor.</summary>
    [AllowedValues("chat", "completions", "embeddings", "transcription", "tensor",
        ErrorMessage = "Model:Task must be chat, completions, embeddings, transcription or tensor.")]
    public string Task { get; set; } = "";

    /// <summary>Gets the pinned digest of the manifest.</summary>
    [Required]
    [RegularExpression("sha256:[0-9a-f]{64}", ErrorMessage = "Model:ManifestDigest must be 'sha256:' and 64 lower-case hex digits.")]
    public string ManifestDigest { get; set; } = "";
}
