namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>A program with verifiers that others wrote.</summary>
/// <param name="Path">Where it is in the folder of peers.</param>
/// <param name="Dash">With what its options begin.</param>
/// <param name="Quiet">The words that make it print only the figures.</param>
internal sealed record PeerProgram(string Path, string Dash, string[] Quiet)
{
    public static PeerProgram Go { get; } = new("peers", "-", ["-q"]);

    public static PeerProgram Rust { get; } = new(System.IO.Path.Combine("rust", "peers-rs"), "--", []);
}
