using System.ComponentModel.DataAnnotations;

namespace ConfidentialOperator.Sidecar.Options;

/// <summary>Where the key broker is and how often it is asked.</summary>
internal sealed class BrokerOptions : IValidatableObject
{
    /// <summary>Gets the broker's address; https only.</summary>
    [Required]
    public string Url { get; set; } = "";

    /// <summary>Gets a PEM file of the only authorities that count; empty: those of the system.</summary>
    public string CaPath { get; set; } = "";

    /// <summary>Gets the time that one request to the broker may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the first wait after a refusal.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the longest wait after refusals.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan LongestRetryDelay { get; set; } = TimeSpan.FromSeconds(60);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out Uri? uri) || uri.Scheme != Uri.UriSchemeHttps || uri.Query.Length > 0 || uri.UserInfo.Length > 0)
        {
            yield return new("KeyBroker:Url must be an https address without user and query.", [nameof(Url)]);
        }
    }
}
