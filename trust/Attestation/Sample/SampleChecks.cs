using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Sample;

/// <summary>Every rule about sample evidence that was let through.</summary>
internal static class SampleChecks
{
    private const string Owner = "trust policy, ";

    public static RuleList<SampleSubject> All { get; } = new("Sample: the owner's policy",
        new("report-data", RuleAspect.Expected, "Confidential Containers, sample attester, report_data", ReportDataAnswersTheQuestion, RefusalReason.ReportDataMismatch),
        new("policy-time", RuleAspect.Current, Owner + "notAfter", PolicyIsInForce, RefusalReason.PolicyExpired),
        new("tee", RuleAspect.Expected, Owner + "tee.sample.development", TeeIsAccepted, RefusalReason.TeeNotAccepted));

    private static Finding ReportDataAnswersTheQuestion(SampleSubject subject) => Finding.Of(subject.Claim.ReportData == subject.ReportData,
        RefusalReason.ReportDataMismatch, $"{subject.ReportData}", $"{subject.Claim.ReportData}",
        "The sample evidence has other report data: it answers another nonce, or other keys than the ones that came with it.");

    private static Finding PolicyIsInForce(SampleSubject subject) => Finding.Of(subject.Now < subject.Policy.NotAfter,
        RefusalReason.PolicyExpired, $"after {subject.Now:u}", $"{subject.Policy.NotAfter:u}",
        $"The trust policy of model '{subject.Policy.Model}' ended at {subject.Policy.NotAfter:u}: ask its owner for a new version.");

    private static Finding TeeIsAccepted(SampleSubject subject) => Finding.Of(subject.Policy.Sample is { Development: true },
        RefusalReason.TeeNotAccepted, "sample in the policy, for development", subject.Policy.Sample is null ? "the policy has no rules for sample" : "sample",
        $"The trust policy of model '{subject.Policy.Model}' does not accept sample evidence, behind which there is no hardware.");
}
