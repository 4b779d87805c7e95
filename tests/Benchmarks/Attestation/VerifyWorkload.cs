using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>One piece of evidence with all that it takes to verify it, from its bytes to the verdict of the owner's policy.</summary>
internal abstract class VerifyWorkload : IDisposable
{
    /// <summary>Gets the time of all verifications.</summary>
    protected virtual DateTimeOffset Now { get; } = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    protected abstract ByteString ReportData { get; }

    protected abstract SignedTrustPolicy Policy { get; }

    /// <summary>Returns roots that remember nothing.</summary>
    public abstract TrustRoots NewRoots();

    /// <summary>Returns the collateral, in bytes of its own: what was read of bytes is remembered with them.</summary>
    public virtual IReadOnlyList<Collateral> NewCollateral() => [];

    /// <summary>Verifies a number of times and counts per second of this process's processor time: other work on the machine disturbs it less than the time on the wall.</summary>
    /// <param name="runs">The number.</param>
    /// <param name="remembered">Whether roots and collateral are the same each time, so that what was seen is remembered.</param>
    public double PerSecond(int runs, bool remembered)
    {
        (TrustRoots Roots, IReadOnlyList<Collateral> Collateral) known = (NewRoots(), NewCollateral());
        (TrustRoots Roots, IReadOnlyList<Collateral> Collateral)[] inputs =
            [.. Enumerable.Range(0, runs).Select(_ => remembered ? known : (NewRoots(), NewCollateral()))];
        return ProcessorTime.PerSecond(runs, run => Verify(inputs[run].Roots, inputs[run].Collateral));
    }

    /// <summary>Reads the bytes, authenticates, and asks the policy.</summary>
    public void Verify(TrustRoots roots, IReadOnlyList<Collateral> collateral)
    {
        if (!TryRead(out Evidence? evidence, out Refusal? refusal)
            || !Appraiser.TryAuthenticate(evidence, ReportData, new EvidenceInputs(roots, Now) { Own = collateral }, out AuthenticEvidence? authentic, out refusal))
        {
            throw new InvalidOperationException(refusal.Message);
        }

        Verdict<AttestedWorkload> verdict = Appraiser.Appraise(authentic, Policy, ReportData, Now);
        if (!verdict.Accepted)
        {
            throw new InvalidOperationException(verdict.Appraisal.Refusal!.Message);
        }
    }

    public void Dispose() => Dispose(true);

    /// <summary>Reads the evidence.</summary>
    protected abstract bool TryRead([NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out Refusal? refusal);

    protected virtual void Dispose(bool disposing)
    {
        // Recorded evidence holds nothing.
    }

    protected static TrustRoots RootsOf(params IReadOnlyList<string> pems) => TrustRoots.TryWithDevelopment(pems, out TrustRoots? roots, out Refusal? refusal)
        ? roots : throw new InvalidOperationException(refusal.Message);

    protected static SignedTrustPolicy Sign(TrustPolicy policy)
    {
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        return TrustPolicy.TryOpen(policy.Sign(owner).ToJson(), [owner.PublicKey], out SignedTrustPolicy? opened, out Refusal? refusal)
            ? opened : throw new InvalidOperationException(refusal.Message);
    }
}
