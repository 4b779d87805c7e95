using System.Globalization;
using ConfidentialOperator.Attestation;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>Recorded evidence of real hardware, which verifiers that others wrote can read from the same files.</summary>
internal abstract class RecordedWorkload(string item, string at) : VerifyWorkload
{
    /// <summary>Gets the folder with the files.</summary>
    public string Folder { get; } = SharedFolder.Find(Path.Combine("vectors", item));

    /// <summary>Gets the time at which it was valid.</summary>
    protected string At => at;

    protected override DateTimeOffset Now { get; } = DateTimeOffset.Parse(at, CultureInfo.InvariantCulture);

    /// <summary>Returns the words with which a peer verifies it.</summary>
    /// <param name="dash">With what the peer's options begin.</param>
    public abstract string[] PeerArguments(string dash);

    public override TrustRoots NewRoots() => RootsOf();

    protected byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));
}
