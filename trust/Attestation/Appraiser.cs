using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation;

/// <summary>
/// The verifier for a key broker, in two steps, because a broker must know who speaks before it looks for policies:
/// <code>
/// Appraiser.TryAuthenticate(evidence, expectedReportData, collateral, roots, now, out AuthenticSnpReport? report, out Refusal? refusal);
/// Verdict&lt;AttestedWorkload&gt; verdict = Appraiser.Appraise(report, policy, expectedReportData, now);
/// </code>
/// A client has <see cref="Guests.GuestVerifier"/>, which runs the same rules. Everything here is pure: no network, clock or file.
/// </summary>
public static class Appraiser
{
    /// <summary>Checks that the hardware vouches for the evidence and that it answers this question. No policy is asked.</summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="expectedReportData">What the report must be bound to, 64 bytes, computed by the asker (<see cref="Protocol.Kbs.KbsReportData"/>).</param>
    /// <param name="collateral">Certificates and lists beyond those that came with the evidence.</param>
    /// <param name="roots">The accepted roots.</param>
    /// <param name="now">The time.</param>
    /// <param name="report">The report with the hardware's word.</param>
    /// <param name="refusal">Why it is refused.</param>
    public static bool TryAuthenticate(SnpEvidence evidence, ByteString expectedReportData, IEnumerable<Collateral> collateral, TrustRoots roots,
        DateTimeOffset now, [NotNullWhen(true)] out AuthenticSnpReport? report, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(expectedReportData);
        report = null;
        if (!SnpReportEvidence.TryCreate(evidence, out SnpReportEvidence? parsed, out refusal))
        {
            return false;
        }

        Authentication authentication = parsed.Authenticate(new EvidenceInputs(roots, now) { Own = [.. collateral] });
        report = authentication.Evidence as AuthenticSnpReport;
        if (report is null)
        {
            refusal = authentication.Refusal!;
            return false;
        }

        Finding answer = SnpChecks.ReportDataAnswers(parsed.Report, expectedReportData);
        if (answer.Outcome == RuleOutcome.Failed)
        {
            report = null;
            refusal = new(answer.Reason, answer.Message);
            return false;
        }

        return true;
    }

    /// <summary>Asks every rule of a policy about an authentic guest.</summary>
    /// <param name="report">The guest's report.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="expectedReportData">What the report must be bound to.</param>
    /// <param name="now">The time.</param>
    public static Verdict<AttestedWorkload> Appraise(AuthenticSnpReport report, SignedTrustPolicy policy, ByteString expectedReportData, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(expectedReportData);
        IReadOnlyList<RuleResult> results = report.Appraise(new AppraisalInputs(policy, expectedReportData, now));
        var appraisal = new Appraisal([.. report.Results, .. results], report, isGenuine: true, policy, now);
        return new Verdict<AttestedWorkload>(appraisal, () => new AttestedWorkload(report, policy));
    }
}
