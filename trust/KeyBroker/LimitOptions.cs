using System.ComponentModel.DataAnnotations;

namespace ConfidentialOperator.KeyBroker;

/// <summary>Bounds on what one peer, and all peers together, may ask for.</summary>
internal sealed class LimitOptions
{
    /// <summary>Gets the longest body of <c>/attest</c>: evidence of eight GPUs is hundreds of kilobytes.</summary>
    [Range(4096, 16 * 1024 * 1024)]
    public int AttestationBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Gets the longest body of any other request of the handshake, and of a policy.</summary>
    [Range(1024, 4 * 1024 * 1024)]
    public int MessageBytes { get; set; } = 256 * 1024;

    /// <summary>Gets the longest resource.</summary>
    [Range(32, 16 * 1024 * 1024)]
    public int ResourceBytes { get; set; } = 1024 * 1024;

    /// <summary>Gets how many requests of the handshake one address may make in a minute.</summary>
    [Range(1, 1_000_000)]
    public int HandshakesPerMinute { get; set; } = 600;

    /// <summary>Gets how many uploads, exports and deletions one address may make in a minute.</summary>
    [Range(1, 1_000_000)]
    public int ChangesPerMinute { get; set; } = 120;

    /// <summary>Gets how often one address may read status and policies in a minute.</summary>
    [Range(1, 1_000_000)]
    public int ReadsPerMinute { get; set; } = 6000;

    /// <summary>Gets how many connections may be open at once.</summary>
    [Range(1, 1_000_000)]
    public int Connections { get; set; } = 4096;

    /// <summary>Gets how many sessions may be open at once.</summary>
    [Range(1, 10_000_000)]
    public int OpenSessions { get; set; } = 10_000;

    /// <summary>Gets how many bytes of evidence may be kept for open sessions.</summary>
    [Range(1, 100_000)]
    public int SessionMebibytes { get; set; } = 512;

    /// <summary>Gets how many replicas of one model are remembered for its status.</summary>
    [Range(1, 100_000)]
    public int ReplicasPerModel { get; set; } = 1000;
}
