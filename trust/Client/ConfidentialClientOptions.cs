using ConfidentialOperator.Attestation;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Client;

/// <summary>What a client needs to know before it sends anything.</summary>
public sealed record ConfidentialClientOptions
{
    /// <summary>Gets the address of the model: of its Service, of an ingress, or of one pod.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Gets the owner's policy. Its time is checked at every verification.</summary>
    public required SignedTrustPolicy Policy { get; init; }

    /// <summary>Gets the accepted roots.</summary>
    public required TrustRoots Roots { get; init; }

    /// <summary>Gets certificates, lists and reference values of the client's own, such as a bundle's; they have precedence over a guest's and must verify all the same.</summary>
    public IReadOnlyList<Collateral> Collateral { get; init; } = [];

    /// <summary>Gets the least version of the policy: what was seen before, so that an older policy of the same owner is told.</summary>
    public long MinimumPolicyVersion { get; init; } = 1;

    /// <summary>Gets the clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets how much of an answer is taken.</summary>
    public BinaryHttpLimits Limits { get; init; } = BinaryHttpLimits.Default;

    /// <summary>Gets the longest time that the endpoint has to answer a nonce.</summary>
    public TimeSpan AttestationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long before the end of a proof a new one is asked for.</summary>
    public TimeSpan RenewBefore { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets the least time between two verifications that nobody waits for: answers of a stranger cannot make a client ask without end.</summary>
    public TimeSpan RenewInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets how often a client that is in use asks again although its proofs still hold. Behind one address may be replicas that have not shown themselves:
    /// requests go to those whose keys are known, so the others would idle.
    /// </summary>
    public TimeSpan ExploreInterval { get; init; } = TimeSpan.FromMinutes(1);
}
