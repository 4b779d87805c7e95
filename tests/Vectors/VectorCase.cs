using System.Text;
using System.Text.Json;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Vectors;

/// <summary>One case: files, time, policy and the right verdict.</summary>
internal sealed record VectorCase(string Item, string Id, string Tee, string Kind, DateTimeOffset At, string Verdict, string Code)
{
    private const string LastOf = "last certificate of ";

    public required VectorFiles Files { get; init; }

    public required VectorPolicy Policy { get; init; }

    /// <summary>Gets what the set knows about the evidence.</summary>
    public JsonElement Facts { get; init; }

    /// <summary>Gets where the case's own anchor is; null when only the vendors' roots are trusted.</summary>
    public string? Trust { get; init; }

    public string? TcbStatus { get; init; }

    /// <summary>Gets whether several checks fail at once.</summary>
    public bool CodeMayVary { get; init; }

    /// <summary>Gets the file that stands for the evidence in this case; null for the usual one.</summary>
    public string? File { get; init; }

    /// <summary>Gets the word for what is wrong with the item under its own anchor, which may show before the chain does; null when there is none.</summary>
    public string? OwnCode { get; init; }

    public string Name => $"{Item} {Id}";

    public bool HasOwnRoot => Trust is not null;

    /// <summary>Returns the evidence: the file that the case names, or the usual one.</summary>
    public byte[] ReadEvidence(string usual) => Files.Read(File ?? usual);

    /// <summary>
    /// Returns the roots for this case. The library adds roots to those of the vendors and never takes one away: evidence of a case with an anchor of its own
    /// must end in that one, which <see cref="CheckAnchor"/> decides.
    /// </summary>
    public TrustRoots Roots()
    {
        if (Trust is null)
        {
            return TrustRoots.BuiltIn;
        }

        bool last = Trust.StartsWith(LastOf, StringComparison.Ordinal);
        string file = last ? Trust[LastOf.Length..] : Trust;
        string pem = Files.Has(file) ? Encoding.Latin1.GetString(Files.Read(file)) : throw new VectorException($"trust '{Trust}' is not understood");
        pem = last ? pem[Math.Max(0, pem.LastIndexOf("-----BEGIN", StringComparison.Ordinal))..] : pem;
        return TrustRoots.TryWithDevelopment([pem], out TrustRoots? roots, out Refusal? refusal) ? roots
            : throw new VectorException($"trust '{Trust}' cannot be an anchor: {refusal.Message}");
    }

    /// <summary>Returns why evidence that an accepted root vouches for does not end in this case's roots; null when it does.</summary>
    public Refusal? CheckAnchor(bool isDevelopment) => isDevelopment == HasOwnRoot ? null
        : new(RefusalReason.ChainUntrusted, isDevelopment ? "the chain ends in a root that this case does not trust" : "the chain ends in a vendor's root, and the case trusts its own only");
}
