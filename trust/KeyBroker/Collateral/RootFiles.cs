using ConfidentialOperator.Attestation;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Collateral;

/// <summary>The roots that this broker accepts: AMD's, which are built in, and the development roots of its configuration.</summary>
internal static class RootFiles
{
    private const int LongestFile = 64 * 1024;

    /// <summary>Reads the files once, at the start; a file that is no root stops the broker.</summary>
    public static TrustRoots Load(KeyBrokerOptions options) =>
        TrustRoots.TryWithDevelopment(options.Snp.DevelopmentRoots.Select(file => Read(options.Resolve(file))), out TrustRoots? roots, out Refusal? refusal)
            ? roots
            : throw new InvalidDataException($"KeyBroker:Snp:DevelopmentRoots ({string.Join(", ", options.Snp.DevelopmentRoots)}): {refusal.Message}");

    private static string Read(string path) => new FileInfo(path) is { Exists: true, Length: <= LongestFile } ? File.ReadAllText(path)
        : throw new InvalidDataException($"KeyBroker:Snp:DevelopmentRoots: {path} is not a file of at most {LongestFile} bytes.");
}
