using System.ComponentModel.DataAnnotations;

namespace ConfidentialOperator.Sidecar.Options;

/// <summary>Which model is served, and where its sealed files are.</summary>
internal sealed class ModelOptions
{
    [Required]
    [RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]{0,252}")]
    public string Name { get; set; } = "";

    /// <summary>
    /// Gets where the sealed model is: <c>oci://</c>, <c>https://</c>, <c>pvc://CLAIM/PATH</c> or <c>file://</c>. Another scheme is told in the status, since
    /// the resource may be mended.
    /// </summary>
    [Required]
    public string Uri { get; set; } = "";

    /// <summary>Gets the digest of the manifest.</summary>
    [Required]
    [RegularExpression("sha256:[0-9a-f]{64}")]
    public string ManifestDigest { get; set; } = "";

    /// <summary>Gets where the volume of a <c>pvc://</c> source is mounted, read-only.</summary>
    public string VolumePath { get; set; } = "";

    /// <summary>Gets the file with names and passwords for a registry, as a pull secret has them; empty: none.</summary>
    public string CredentialsPath { get; set; } = "";

    /// <summary>Gets a PEM file of the authorities of an <c>https://</c> or <c>oci://</c> source; empty: those of the system.</summary>
    public string CaPath { get; set; } = "";
}
