using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>Decides whether the hardware vouches for a report: chain to an accepted root, signature, and agreement of report and chip certificate.</summary>
public static class SnpSignature
{
    /// <summary>Authenticates a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="endorsements">Certificates and lists, from anywhere.</param>
    /// <param name="roots">The accepted roots.</param>
    /// <param name="now">The time at which certificates must be valid.</param>
    /// <param name="authentic">The report with the hardware's word.</param>
    /// <param name="refusal">Why the hardware does not vouch for it.</param>
    public static bool TryAuthenticate(SnpReport report, SnpEndorsements endorsements, TrustRoots roots, DateTimeOffset now,
        [NotNullWhen(true)] out AuthenticSnpReport? authentic, [NotNullWhen(false)] out Refusal? refusal)
    {
        (authentic, IReadOnlyList<RuleResult> results) = Authenticate(report, endorsements, roots, now);
        refusal = authentic is null ? results.First(result => result.Outcome == RuleOutcome.Failed).Refusal! : null;
        return authentic is not null;
    }

    /// <summary>As <see cref="TryAuthenticate"/>, with the steps that were taken: at least one failed when the report is not authentic.</summary>
    internal static (AuthenticSnpReport? Authentic, IReadOnlyList<RuleResult> Results) Authenticate(
        SnpReport report, SnpEndorsements endorsements, TrustRoots roots, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(endorsements);
        ArgumentNullException.ThrowIfNull(roots);
        if (endorsements.Chips.Count == 0)
        {
            return (null, [SnpSteps.NoCertificate(report, endorsements.HasUnreadable)]);
        }

        // A chip has a key per TCB, and AMD certifies a key again and again. The certificates of the key that signed are the ones in question; when there
        // is none, the attempt that came farthest says why.
        Certificate[] signers = [.. endorsements.Chips.Where(chip => ReportSignature.Verify(report.Raw, chip))];
        IReadOnlyList<RuleResult> best = [];
        foreach (Certificate leaf in signers.Length > 0 ? signers : endorsements.Chips)
        {
            var attempt = new SnpAttempt(report, leaf, signers.Length > 0, endorsements, roots, now);
            if (attempt.Run() is { } authentic)
            {
                return (authentic, authentic.Results);
            }

            best = attempt.Results.Count > best.Count ? attempt.Results : best;
        }

        return (null, best);
    }
}
