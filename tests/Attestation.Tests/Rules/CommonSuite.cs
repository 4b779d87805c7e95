using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Rules;

/// <summary>The rules that are the same for every TEE, asked about an authentic report.</summary>
internal abstract class CommonSuite(RuleList<CommonSubject> list) : IRuleSuite
{
    private static readonly ByteString s_challenge = new(Enumerable.Repeat((byte)5, 64).ToArray());

    public IRuleList List => list;

    public abstract IReadOnlyList<RuleCase> Cases { get; }

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without)
    {
        var ask = (Question?)given.Scene ?? new Question();
        var scene = new Scene { Policy = ask.Policy };
        var document = new SnpEvidence { Report = scene.Sign(s_challenge), Certificates = scene.Chip.Certificates };
        Assert.True(SnpReportEvidence.TryCreate(document, out SnpReportEvidence? evidence, out _));
        Assert.True(Appraiser.TryAuthenticate(evidence, s_challenge, new EvidenceInputs(scene.Roots, scene.Now), out AuthenticEvidence? authentic, out _));
        var subject = new CommonSubject(authentic, new AppraisalInputs(scene.SignedPolicy(), ask.ReportData ?? s_challenge, ask.Now ?? scene.Now));
        return (without is null ? list : list.Without(without)).Apply(subject);
    }

    protected sealed record Question
    {
        public Func<TrustPolicy, TrustPolicy> Policy { get; init; } = policy => policy;

        public ByteString? ReportData { get; init; }

        public DateTimeOffset? Now { get; init; }
    }
}

internal sealed class CommonBoundSuite() : CommonSuite(CommonChecks.Bound)
{
    public override IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("right", null, RefusalReason.None),
        new("another question", "report-data", RefusalReason.ReportDataMismatch, new Question { ReportData = new ByteString(new byte[64]) }),
        new("half a question", "report-data", RefusalReason.ReportDataMismatch, new Question { ReportData = new ByteString(Enumerable.Repeat((byte)5, 32).ToArray()) }),
    ];
}

internal sealed class CommonInitDataSuite() : CommonSuite(CommonChecks.InitData)
{
    public override IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("right", null, RefusalReason.None),
        new("other initdata", "initdata", RefusalReason.InitDataNotAccepted,
            new Question { Policy = policy => policy with { InitDataDigests = [ByteString.Sha256("other"u8)] } }),
        new("no initdata is accepted", "initdata", RefusalReason.InitDataNotAccepted, new Question { Policy = policy => policy with { InitDataDigests = [] } }),
    ];
}

internal sealed class CommonPolicySuite() : CommonSuite(CommonChecks.Policy)
{
    public override IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("right", null, RefusalReason.None),
        new("after the policy's end", "policy-time", RefusalReason.PolicyExpired, new Question { Now = new(2061, 1, 1, 0, 0, 0, TimeSpan.Zero) }),
        new("no rules for the TEE", "tee", RefusalReason.TeeNotAccepted, new Question { Policy = policy => policy with { Snp = null } }),
        new("test hardware", "development-root", RefusalReason.DevelopmentRootNotAccepted,
            new Question { Policy = policy => policy with { Snp = policy.Snp! with { Development = false } } }),
    ];
}
