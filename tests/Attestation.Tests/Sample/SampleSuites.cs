using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Sample;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

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

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without) =>
        SampleVerifier.Authenticate(SampleChecksSuite.Claim, (bool)given.Scene!, without is null ? null : SampleSteps.All.Without(without)).Results;
}

/// <summary>The rules about a sample that was let through.</summary>
internal sealed class SampleChecksSuite : IRuleSuite
{
    public static readonly SampleClaim Claim = new(new SampleEvidence { Svn = "1", ReportData = ByteString.Sha256("question"u8) });

    public IRuleList List => SampleChecks.All;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("everything holds", null, RefusalReason.None, Change(policy => policy)),
        new("other report data", "report-data", RefusalReason.ReportDataMismatch, (Func<TrustPolicy, TrustPolicy>?)null),
        new("policy has ended", "policy-time", RefusalReason.PolicyExpired, Change(policy => policy with { NotAfter = Scene.Noon.AddDays(-1) })),
        new("policy without samples", "tee", RefusalReason.TeeNotAccepted, Change(policy => policy with { Sample = null })),
        new("policy without development", "tee", RefusalReason.TeeNotAccepted, Change(policy => policy with { Sample = new() { Development = false } })),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without)
    {
        var change = (Func<TrustPolicy, TrustPolicy>?)given.Scene;
        TrustPolicy policy = SamplePolicy.Make(Scene.Noon.AddYears(1), ByteString.Sha256(""u8), Scene.Manifest) with { Snp = null, Sample = new() { Development = true } };
        var sample = (UnprovenSample)SampleVerifier.Authenticate(Claim, isAllowed: true).Evidence!;
        ByteString expected = change is null ? PaddedReportData.Of(ByteString.Sha256("other"u8).Span) : Claim.ReportData;
        return (without is null ? SampleChecks.All : SampleChecks.All.Without(without))
            .Apply(new SampleSubject(sample, Owner.Sign(change?.Invoke(policy) ?? policy), expected, Scene.Noon));
    }

    private static Func<TrustPolicy, TrustPolicy> Change(Func<TrustPolicy, TrustPolicy> change) => change;
}
