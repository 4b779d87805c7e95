using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Rules;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>
/// One attempt to authenticate a report with one certificate. The steps build on each other, so the first that fails ends it: what a certificate says
/// means nothing before its chain is verified.
/// </summary>
internal sealed class SnpAttempt(SnpReport report, Certificate leaf, bool isSigner, SnpEndorsements endorsements, TrustRoots roots, DateTimeOffset now)
{
    private readonly List<RuleResult> _results = [];

    public IReadOnlyList<RuleResult> Results => _results;

    public SnpReport Report => report;

    public Certificate Leaf => leaf;

    /// <summary>Gets whether the report's signature verifies under the certificate's key.</summary>
    public bool IsSigner => isSigner;

    public SnpEndorsements Endorsements => endorsements;

    public TrustRoots Roots => roots;

    public DateTimeOffset Now => now;

    /// <summary>Gets or sets the chain: there after the step that verifies it.</summary>
    public CertificateChain? Chain { get; set; }

    /// <summary>Gets or sets what the certificate says: there after the step that reads it.</summary>
    public SnpChipCertificate? Chip { get; set; }

    /// <summary>Gets or sets what is known about revocation.</summary>
    public SnpRevocationFinding? Revocation { get; set; }

    public AuthenticSnpReport? Run()
    {
        foreach (Rule<SnpAttempt> step in SnpSteps.All.Each)
        {
            RuleResult result = step.Apply(this, RuleResult.Cpu);
            _results.Add(result);

            // An old certificate still says whether the evidence is genuine; anything else leaves nothing to build on.
            if (result is { Outcome: RuleOutcome.Failed, Aspect: RuleAspect.Genuine })
            {
                return null;
            }
        }

        return _results.Exists(result => result.Outcome == RuleOutcome.Failed) ? null
            : new AuthenticSnpReport(report, Chip!, Chain!.Anchor.IsDevelopment, Revocation!, Results);
    }
}
