using System.Diagnostics.CodeAnalysis;

namespace ConfidentialOperator.Attestation;

/// <summary>An appraisal and, when it accepts, the proof that goes with it.</summary>
/// <typeparam name="TProof">The proof: a type that only this assembly can make.</typeparam>
public sealed class Verdict<TProof>
    where TProof : class
{
    internal Verdict(Appraisal appraisal, Func<TProof> prove)
    {
        Appraisal = appraisal;
        Proof = appraisal.Accepted ? prove() : null;
    }

    /// <summary>Gets the verdict in full.</summary>
    public Appraisal Appraisal { get; }

    /// <summary>Gets the proof; null when the guest is refused.</summary>
    public TProof? Proof { get; }

    /// <summary>Gets whether the guest is accepted.</summary>
    [MemberNotNullWhen(true, nameof(Proof))]
    public bool Accepted => Proof is not null;
}
