using System.ComponentModel.DataAnnotations;

namespace ConfidentialOperator.Sidecar.Options;

/// <summary>Bounds on what strangers may ask for.</summary>
internal sealed class LimitOptions
{
    /// <summary>Gets how many attestation documents over a nonce one address gets in a minute.</summary>
    [Range(1, 100_000)]
    public int AttestationsPerSource { get; set; } = 120;

    /// <summary>Gets how many attestation documents over a nonce are made in a minute for all.</summary>
    [Range(1, 100_000)]
    public int Attestations { get; set; } = 600;

    /// <summary>Gets how long a document without a nonce is answered again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DocumentLifetime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets how often <c>/v1/refresh</c> may be asked in a minute by all.</summary>
    [Range(1, 10_000)]
    public int Refreshes { get; set; } = 12;

    /// <summary>Gets how many sealed requests may be in flight.</summary>
    [Range(1, 100_000)]
    public int SealedRequests { get; set; } = 256;

    /// <summary>Gets the longest sealed request.</summary>
    [Range(1024, 1024L * 1024 * 1024)]
    public long SealedRequestBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Gets how many connections may be open at once.</summary>
    [Range(1, 1_000_000)]
    public int Connections { get; set; } = 4096;

    /// <summary>Gets the most bytes that the files of a model may have together.</summary>
    [Range(1, long.MaxValue)]
    public long ModelBytes { get; set; } = 512L * 1024 * 1024 * 1024;
}
