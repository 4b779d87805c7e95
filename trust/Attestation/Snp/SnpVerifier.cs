using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Rules;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>Decides whether the hardware vouches for a report: chain to an accepted root, signature, and agreement of report and chip certificate.</summary>
internal static class SnpVerifier
{
    /// <summary>Authenticates a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="endorsements">Certificates and lists, from anywhere.</param>
    /// <param name="roots">The accepted roots.</param>
    /// <param name="now">The time at which certificates must be valid.</param>
    /// <param name="steps">The steps; null for all of them.</param>
    public static Authentication Authenticate(
        SnpReport report, SnpEndorsements endorsements, TrustRoots roots, DateTimeOffset now, RuleList<SnpAttempt>? steps = null)
    {
        steps ??= SnpSteps.All;
        Attempt best = default;
        foreach (Candidate candidate in Candidates(report, endorsements, roots.Keys))
        {
            var attempt = new SnpAttempt(report, candidate, endorsements, roots, now);
            RuleResult[] results = steps.Apply(attempt);
            int held = Array.FindIndex(results, result => !result.IsFine);
            if (held < 0 && attempt is { Path: not null, Chip: not null })
            {
                return new Authentication(new AuthenticSnpReport(attempt, results), results);
            }

            // When none fits, the attempt that came farthest says why.
            best = best.Results is null || held > best.Held ? new Attempt(results, held) : best;
        }

        return new Authentication(null, best.Results!);
    }

    /// <summary>
    /// A chip has a key per TCB, and AMD certifies a key again and again: the certificates of the key that signed are the ones in question, and all of them
    /// when there is none.
    /// </summary>
    private static Candidate[] Candidates(SnpReport report, SnpEndorsements endorsements, KeyMemory keys)
    {
        Candidate[] all = [.. endorsements.Chips.Select(chip => new Candidate(chip, ReportSignature.Verify(report.Raw, chip, keys)))];
        return all.Length == 0 ? [default] : Array.Exists(all, candidate => candidate.IsSigner) ? Array.FindAll(all, candidate => candidate.IsSigner) : all;
    }

    /// <summary>A certificate that may be the signer's; none when no certificate came with the evidence.</summary>
    internal readonly record struct Candidate(Certificate? Leaf, bool IsSigner);

    private readonly record struct Attempt(RuleResult[] Results, int Held);
}
