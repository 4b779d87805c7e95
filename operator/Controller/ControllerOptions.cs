using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Controller;

/// <summary>Section <c>Controller</c> of the configuration: environment variables <c>Controller__NAME</c>.</summary>
internal sealed class ControllerOptions : IValidatableObject
{
    public const string Section = "Controller";

    /// <summary>Gets the kubeconfig; empty: <c>KUBECONFIG</c>, then the pod's service account.</summary>
    public string Kubeconfig { get; set; } = "";

    /// <summary>Gets the namespaces that are looked after, separated by commas; empty: all.</summary>
    public string WatchNamespaces { get; set; } = "";

    /// <summary>Gets whether a Lease decides who acts. Without it there must be one process only.</summary>
    public bool LeaderElection { get; set; } = true;

    [Required]
    public string LeaseName { get; set; } = "confidential-operator";

    /// <summary>Gets the Lease's namespace; empty: the pod's own, or <c>default</c>.</summary>
    public string LeaseNamespace { get; set; } = "";

    /// <summary>Gets the name of this process; empty: the machine's name and a random part.</summary>
    public string Identity { get; set; } = "";

    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan LeaseRenewDeadline { get; set; } = TimeSpan.FromSeconds(10);

    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan LeaseRetryPeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets the address that metrics and health listen on.</summary>
    [Required]
    public string ListenAddress { get; set; } = "0.0.0.0";

    [Range(0, 65535)]
    public int MetricsPort { get; set; } = 8080;

    [Range(0, 65535)]
    public int HealthPort { get; set; } = 8081;

    [Range(1, 64)]
    public int MaxConcurrentReconciles { get; set; } = 4;

    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ReconcileTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets how long one request to the API server may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ApiTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the longest pause before a broken watch is tried again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan LongestWatchRetry { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the longest pause before a pass that failed is tried again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:15:00")]
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets how long one request to a key broker may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan BrokerTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets how long one request to a Sidecar may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan SidecarTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets the file with the arranger's token; empty: none.</summary>
    public string ArrangerTokenPath { get; set; } = "";

    /// <summary>Gets the only broker that gets this token.</summary>
    public string ArrangerUrl { get; set; } = "";

    /// <summary>Gets how often broker and Sidecars are asked while a model is not ready.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:05:00")]
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets how often the broker is asked once a model is ready, and how often what it refused is brought to it again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "01:00:00")]
    public TimeSpan SteadyInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long a deleted resource may be held until its sessions at the broker are revoked.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan FinalizerDeadline { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets the kinds of model source that the Sidecar of this version can fetch, separated by commas.</summary>
    [Required]
    public string ModelSources { get; set; } = "file,https,oci,pvc";

    /// <summary>Gets how long running passes may take at the end of the process.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (LeaseRetryPeriod >= LeaseRenewDeadline || LeaseRenewDeadline >= LeaseDuration)
        {
            yield return new ValidationResult(
                $"{nameof(LeaseRetryPeriod)} must be shorter than {nameof(LeaseRenewDeadline)}, and that shorter than {nameof(LeaseDuration)}: otherwise two could lead.",
                [nameof(LeaseRenewDeadline)]);
        }

        bool url = Uri.TryCreate(ArrangerUrl, UriKind.Absolute, out Uri? broker) && broker.Scheme == Uri.UriSchemeHttps;
        if (ArrangerTokenPath.Length > 0 && !url)
        {
            yield return new ValidationResult($"{nameof(ArrangerUrl)} must be the https:// address of the broker that gets the token.", [nameof(ArrangerUrl)]);
        }
    }

    public IReadOnlyList<string> Namespaces() => Split(WatchNamespaces) is { Length: > 0 } given ? given : [""];

    public IReadOnlyList<string> Sources() => Split(ModelSources);

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

[OptionsValidator]
internal sealed partial class ControllerOptionsValidator : IValidateOptions<ControllerOptions>;
