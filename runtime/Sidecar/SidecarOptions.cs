using System.ComponentModel.DataAnnotations;
using System.Net;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Sidecar.Options;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Sidecar;

/// <summary>Section <c>Sidecar</c> of the configuration. What has no safe default has none and must be given.</summary>
internal sealed class SidecarOptions : IValidatableObject
{
    public const string Section = "Sidecar";

    /// <summary>Gets the address of every listener: the pod's.</summary>
    [Required]
    public string ListenAddress { get; set; } = "";

    /// <summary>Gets the name of the replica: pod and uid.</summary>
    [Required]
    [RegularExpression("[A-Za-z0-9._-]{1,253}/[A-Za-z0-9._-]{1,253}")]
    public string Replica { get; set; } = "";

    /// <summary>Gets the port with TLS; 0 takes any free one.</summary>
    [Range(0, 65535)]
    public int HttpsPort { get; set; } = 8443;

    /// <summary>Gets the port for TLS terminators, probes and siblings; 0 takes any free one.</summary>
    [Range(0, 65535)]
    public int HttpPort { get; set; } = 8080;

    /// <summary>Gets the port of <c>/metrics</c>; 0 takes any free one.</summary>
    [Range(0, 65535)]
    public int MetricsPort { get; set; } = 9090;

    /// <summary>Gets the folder of Inference's sockets.</summary>
    [Required]
    public string RuntimeDirectory { get; set; } = "";

    /// <summary>Gets the folder that the sealed model is written to.</summary>
    [Required]
    public string ModelDirectory { get; set; } = "";

    /// <summary>Gets the file with the text of the guest's initdata.</summary>
    [Required]
    public string InitDataPath { get; set; } = "";

    /// <summary>Gets the kind of TEE, as the key broker protocol names it.</summary>
    [Required]
    public string Tee { get; set; } = "";

    /// <summary>Gets the tenant that the model belongs to.</summary>
    [Required]
    [RegularExpression("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}")]
    public string Tenant { get; set; } = "";

    /// <summary>Gets the time from one attestation to the next.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan ReattestInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Gets where siblings are found: <c>dns:///NAME:PORT</c>, <c>file:///PATH</c>, or empty for none.</summary>
    public string Peers { get; set; } = "";

    [Required]
    [ValidateObjectMembers]
    public ModelOptions Model { get; set; } = new();

    [Required]
    [ValidateObjectMembers]
    public BrokerOptions KeyBroker { get; set; } = new();

    [Required]
    [ValidateObjectMembers]
    public ResourceOptions Resources { get; set; } = new();

    [Required]
    [ValidateObjectMembers]
    public EvidenceOptions Evidence { get; set; } = new();

    [Required]
    [ValidateObjectMembers]
    public LimitOptions Limits { get; set; } = new();

    public TeeKind TeeKind => TeeNames.Parse(Tee);

    public IPAddress Address => IPAddress.Parse(ListenAddress);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IPAddress.TryParse(ListenAddress, out _))
        {
            yield return new("ListenAddress must be an IP address.", [nameof(ListenAddress)]);
        }

        if (TeeKind == TeeKind.Unknown)
        {
            yield return new("Tee must be snp, tdx, az-snp-vtpm, az-tdx-vtpm, nitro or sample.", [nameof(Tee)]);
        }

        if (Peers.Length > 0 && !Relay.PeerList.TryParse(Peers, out _))
        {
            yield return new("Peers must be dns:///NAME:PORT or file:///PATH.", [nameof(Peers)]);
        }
    }
}

[OptionsValidator]
internal sealed partial class SidecarOptionsValidator : IValidateOptions<SidecarOptions>;
