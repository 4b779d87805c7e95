using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Inference;

/// <summary>Section <c>Inference</c> of the environment. It is part of what the hardware measures; a variable that is not known is refused.</summary>
internal sealed class RuntimeOptions
{
    public const string Section = "Inference";

    /// <summary>Gets the folder of the two sockets, shared with the Sidecar and kept in memory.</summary>
    [Required]
    public string RuntimeDirectory { get; set; } = "";

    /// <summary>Gets the folder of the sealed model.</summary>
    [Required]
    public string ModelDirectory { get; set; } = "";

    /// <summary>Gets which model is served.</summary>
    [Required]
    [ValidateObjectMembers]
    public ModelOptions Model { get; set; } = new();

    /// <summary>Gets who may ask.</summary>
    [Required]
    [ValidateObjectMembers]
    public AccessOptions Access { get; set; } = new();

    /// <summary>Gets the most requests that are answered at the same time.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentRequests { get; set; } = 64;

    /// <summary>Gets the most bytes of a request's content.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxRequestBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Gets how lengths are hidden.</summary>
    [EnumDataType(typeof(PaddingMode))]
    public PaddingMode Padding { get; set; } = PaddingMode.Bucket;

    /// <summary>Gets the path of the control socket.</summary>
    public string KeysSocket => Path.Combine(RuntimeDirectory, "keys.sock");

    /// <summary>Gets the path of the socket for ciphertext.</summary>
    public string InferenceSocket => Path.Combine(RuntimeDirectory, "inference.sock");
}

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

/// <summary>Who may ask.</summary>
internal sealed class AccessOptions
{
    /// <summary>Gets the mode. There is no default: open access must be written down.</summary>
    [EnumDataType(typeof(AccessMode), ErrorMessage = "Access:Mode must be keys or open.")]
    public AccessMode Mode { get; set; }
}

/// <summary>The modes of access; the value that nobody wrote is not among them.</summary>
internal enum AccessMode
{
    /// <summary>Only callers of the owner's list.</summary>
    Keys = 1,

    /// <summary>Everybody who reaches the guest.</summary>
    Open = 2,
}

/// <summary>How lengths are hidden.</summary>
internal enum PaddingMode
{
    /// <summary>Not at all.</summary>
    Off = 0,

    /// <summary>Answers grow to one of few lengths, pieces of a stream to a multiple of 128 bytes.</summary>
    Bucket = 1,

    /// <summary>Answers grow to a multiple of 64 KiB, pieces of a stream to a multiple of 1 KiB.</summary>
    Fixed = 2,
}

[OptionsValidator]
internal sealed partial class RuntimeOptionsValidator : IValidateOptions<RuntimeOptions>;
