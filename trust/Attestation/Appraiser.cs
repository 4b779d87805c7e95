using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation;

/// <summary>
/// The verifier for a key broker, in two steps, because a broker must know who speaks before it looks for policies:
/// <code>
/// EvidenceReader.TryRead(kind, json, out Evidence? evidence, out Refusal? refusal);
/// Appraiser.TryAuthenticate(evidence, expectedReportData, new EvidenceInputs(roots, now) { Own = collateral }, out AuthenticEvidence? authentic, out refusal);
/// Verdict&lt;AttestedWorkload&gt; verdict = Appraiser.Appraise(authentic, policy, expectedReportData, now);
/// </code>
/// A client has <see cref="Guests.GuestVerifier"/>, which runs the same rules. Everything here is pure: no network, clock or file.
/// </summary>
public static class Appraiser
{
    /// <summary>Checks that the hardware vouches for the evidence and that it answers this question. No policy is asked.</summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="expectedReportData">What the evidence must be bound to, 64 bytes, computed by the asker (<see cref="Protocol.Kbs.KbsReportData"/>).</param>
    /// <param name="inputs">Certificates and lists beyond those that came with the evidence, the accepted roots, and the time.</param>
    /// <param name="authentic">The evidence with the hardware's word.</param>
    /// <param name="refusal">Why it is refused.</param>
    public static bool TryAuthenticate(Evidence evidence, ByteString expectedReportData, EvidenceInputs inputs,
        [NotNullWhen(true)] out AuthenticEvidence? authentic, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(expectedReportData);
        ArgumentNullException.ThrowIfNull(inputs);
        Authentication authentication = evidence.Authenticate(inputs);
        authentic = authentication.Evidence;
        if (authentic is null)
        {
            refusal = authentication.Refusal ?? new(RefusalReason.InternalError, "The evidence is refused without a rule.");
            return false;
        }

        refusal = authentic.ReportData == expectedReportData ? null : new(RefusalReason.ReportDataMismatch,
            "The evidence is bound to other data: it answers another nonce, or other keys than the ones that came with it; ask again with a fresh nonce.");
        authentic = refusal is null ? authentic : null;
        return authentic is not null;
    }

    /// <summary>Asks every rule of a policy about an authentic guest.</summary>
    /// <param name="evidence">The guest's evidence.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="expectedReportData">What the evidence must be bound to.</param>
    /// <param name="now">The time.</param>
    public static Verdict<AttestedWorkload> Appraise(AuthenticEvidence evidence, SignedTrustPolicy policy, ByteString expectedReportData, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(expectedReportData);
        IReadOnlyList<RuleResult> results = evidence.Appraise(new AppraisalInputs(policy, expectedReportData, now));
        var appraisal = new Appraisal([.. evidence.Results, .. results], evidence, isGenuine: true, policy, now);
        return new Verdict<AttestedWorkload>(appraisal, () => new AttestedWorkload(evidence, policy));
    }
}
