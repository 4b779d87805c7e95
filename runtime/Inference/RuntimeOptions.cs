using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Inference;

/// <summary>Section <c>Inference</c> of the environment. It is part of what the hardware measures; a variable that is not known is refused.</summary>
internal sealed class RuntimeOptions
{
    public const string Section = "Inference";

    // What the kernel takes as a socket's address, less the longer of the two names.
    private const int LongestDirectory = 107 - 15;

    /// <summary>Gets the folder of the two sockets, shared with the Sidecar and kept in memory.</summary>
    [Required]
    [MaxLength(LongestDirectory)]
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

[OptionsValidator]
internal sealed partial class RuntimeOptionsValidator : IValidateOptions<RuntimeOptions>;
