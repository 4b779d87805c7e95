using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Sample;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tests.Sample;

/// <summary>The switch for evidence that proves nothing.</summary>
internal sealed class SampleStepsSuite : IRuleSuite
{
    public IRuleList List => SampleSteps.All;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("with the switch", null, RefusalReason.None, true),
        new("without the switch", "sample-switch", RefusalReason.EvidenceKindNotAccepted, false),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without) => SampleVerifier.Authenticate(
        new SampleClaim(new SampleEvidence { Svn = "1", ReportData = ByteString.Empty }), (bool)given.Scene!, without is null ? null : SampleSteps.All.Without(without)).Results;
}
