using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Attestation;

/// <summary>What evidence is authenticated with.</summary>
/// <param name="Roots">The accepted roots.</param>
/// <param name="Now">The time at which certificates and lists must be valid.</param>
public sealed record EvidenceInputs(TrustRoots Roots, DateTimeOffset Now)
{
    /// <summary>Gets certificates, lists and reference values from anyone, the guest included: none is trusted for being here.</summary>
    public IReadOnlyList<Collateral> Collateral { get; init; } = [];

    /// <summary>Gets the asker's own, which have precedence over a guest's; they must verify all the same.</summary>
    public IReadOnlyList<Collateral> Own { get; init; } = [];

    /// <summary>Gets whether sample evidence, which proves nothing, is let through: for development only.</summary>
    public bool AllowSample { get; init; }
}
