using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker;

/// <summary>Section <c>KeyBroker</c> of the configuration. What has no safe default has none and must be given.</summary>
internal sealed class KeyBrokerOptions
{
    public const string Section = "KeyBroker";

    /// <summary>Gets the folder that relative paths start from: the one of the <c>--config</c> file.</summary>
    public string BasePath { get; set; } = "";

    /// <summary>Gets the addresses to listen on, separated by semicolons; https only.</summary>
    [Required]
    public string Urls { get; set; } = "https://0.0.0.0:8443";

    /// <summary>Gets the name under which others reach the broker; the issuer of tokens. Default: the first of <see cref="Urls"/>.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>Gets the PEM file with the TLS certificate and its chain.</summary>
    [Required]
    public string CertificatePath { get; set; } = "";

    /// <summary>Gets the PEM file with the TLS certificate's private key.</summary>
    [Required]
    public string CertificateKeyPath { get; set; } = "";

    /// <summary>Gets the SQLite file.</summary>
    [Required]
    public string DatabasePath { get; set; } = "";

    /// <summary>Gets the file with the key that wraps the keys: 32 bytes in base64.</summary>
    [Required]
    public string KekPath { get; set; } = "";

    /// <summary>Gets the PEM file with the P-256 key that signs tokens.</summary>
    [Required]
    public string TokenKeyPath { get; set; } = "";

    /// <summary>Gets the PEM file with the P-256 key that signs the audit log.</summary>
    [Required]
    public string AuditKeyPath { get; set; } = "";

    /// <summary>Gets the folder of tenants: <c>TENANT/owners/*.pem</c>.</summary>
    [Required]
    public string TenantsDirectory { get; set; } = "";

    /// <summary>Gets a file with a token that status and revocation requests must show; empty: anyone who reaches the broker may ask.</summary>
    public string ArrangerTokenPath { get; set; } = "";

    /// <summary>Gets the time from a challenge to the end of its session. Trustee's default is the same five minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets the lifetime of an attestation token.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets the longest lifetime that an owner's token may claim for itself.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan OwnerTokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Gets whether errors carry Trustee's status codes (401 for nearly everything) instead of 401, 403 and 404.</summary>
    public bool TrusteeStatusCodes { get; set; }

    /// <summary>Gets the limits on what strangers may ask for.</summary>
    [Required]
    [ValidateObjectMembers]
    public LimitOptions Limits { get; set; } = new();

    /// <summary>Gets what is accepted of SEV-SNP.</summary>
    [Required]
    public SnpOptions Snp { get; set; } = new();

    /// <summary>Gets where certificates, lists and reference values come from that guests do not bring.</summary>
    [Required]
    [ValidateObjectMembers]
    public CollateralOptions Collateral { get; set; } = new();

    /// <summary>Gets the name that tokens are issued under.</summary>
    public string Issuer => (PublicUrl.Length > 0 ? PublicUrl : Urls.Split(';')[0]).TrimEnd('/');

    public string Resolve(string path) => Path.GetFullPath(path, BasePath.Length > 0 ? Path.GetFullPath(BasePath) : Directory.GetCurrentDirectory());
}

[OptionsValidator]
internal sealed partial class KeyBrokerOptionsValidator : IValidateOptions<KeyBrokerOptions>;
