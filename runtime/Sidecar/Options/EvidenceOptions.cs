using System.ComponentModel.DataAnnotations;

namespace ConfidentialOperator.Sidecar.Options;

/// <summary>Where the evidence of the guest's hardware comes from.</summary>
internal sealed class EvidenceOptions
{
    /// <summary>Gets the source: <c>auto</c> tries them in order.</summary>
    [Required]
    [RegularExpression("auto|guest-api|tsm|sev-guest")]
    public string Source { get; set; } = "auto";

    /// <summary>Gets the guest API of Confidential Containers.</summary>
    [Required]
    [RegularExpression("http://[^/?#@ ]+/?")]
    public string GuestApiUrl { get; set; } = "http://127.0.0.1:8006";

    /// <summary>Gets the folder in which the kernel makes reports.</summary>
    [Required]
    public string TsmPath { get; set; } = "/sys/kernel/config/tsm/report";

    /// <summary>Gets the device of SEV-SNP guests.</summary>
    [Required]
    public string SevGuestPath { get; set; } = "/dev/sev-guest";

    /// <summary>Gets a folder with <c>vcek.der</c>, <c>vlek.der</c>, <c>chain.pem</c> and <c>crl.der</c> that go into attestation documents; empty: none.</summary>
    public string CollateralDirectory { get; set; } = "";

    /// <summary>Gets the time that one source may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
