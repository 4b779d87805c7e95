using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Client;

/// <summary>What became of one verification: a proven guest, or the refusal that stands in its place.</summary>
public sealed class Verification
{
    private Verification(DateTimeOffset at, Refusal? refusal, Appraisal? appraisal, VerifiedGuest? guest)
    {
        At = at;
        Refusal = refusal;
        Appraisal = appraisal;
        Guest = guest;
    }

    /// <summary>Gets the time.</summary>
    public DateTimeOffset At { get; }

    /// <summary>Gets why there is no proof.</summary>
    public Refusal? Refusal { get; }

    /// <summary>Gets every rule with what was expected and found; null when there was nothing to appraise.</summary>
    public Appraisal? Appraisal { get; }

    /// <summary>Gets the proof.</summary>
    public VerifiedGuest? Guest { get; }

    /// <summary>Gets whether there is a proof.</summary>
    [MemberNotNullWhen(true, nameof(Guest), nameof(Appraisal))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Accepted => Guest is not null;

    internal static Verification Refused(DateTimeOffset at, Refusal refusal) => new(at, refusal, null, null);

    internal static Verification Of(Verdict<VerifiedGuest> verdict) => verdict.Accepted
        ? new(verdict.Appraisal.At, null, verdict.Appraisal, verdict.Proof)
        : new(verdict.Appraisal.At, verdict.Appraisal.Refusal ?? new(RefusalReason.InternalError, "The guest is refused without a rule."), verdict.Appraisal, null);
}
