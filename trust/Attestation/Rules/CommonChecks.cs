using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Rules;

/// <summary>
/// The rules that are the same for every TEE. A vendor's <see cref="AuthenticEvidence.Appraise"/> begins with them and goes on with its own lists:
/// <code>
/// [.. CommonChecks.Run(this, inputs), .. XChecks.Always.Apply(subject), .. rules is null ? [] : XChecks.OfOwner.Apply(subject)]
/// </code>
/// They look at nothing but the members of <see cref="AuthenticEvidence"/> and the policy. A TEE that shows its initdata in a way of its own applies
/// <see cref="Bound"/> and <see cref="Policy"/> and has a rule <c>initdata</c> in its own list.
/// </summary>
internal static class CommonChecks
{
    private const string Owner = "trust policy, ";

    /// <summary>Gets the rule about the question that the evidence answers.</summary>
    public static RuleList<CommonSubject> Bound { get; } = new("Every TEE: what the evidence is bound to",
        new Rule<CommonSubject>("report-data", RuleAspect.Expected, "report data: REPORT_DATA, REPORTDATA, user_data, TPMS_ATTEST.extraData", ReportDataAnswersTheQuestion, RefusalReason.ReportDataMismatch));

    /// <summary>Gets the rule about the initdata, for TEEs with a place for its digest.</summary>
    public static RuleList<CommonSubject> InitData { get; } = new("Every TEE with a place for initdata",
        new Rule<CommonSubject>("initdata", RuleAspect.Expected, Owner + "initDataDigests; HOST_DATA, MRCONFIGID, PCR 8 of Azure", InitDataIsAccepted, RefusalReason.InitDataNotAccepted));

    /// <summary>Gets the rules about the policy itself.</summary>
    public static RuleList<CommonSubject> Policy { get; } = new("Every TEE: the owner's policy",
        new("policy-time", RuleAspect.Current, Owner + "notAfter", PolicyIsInForce, RefusalReason.PolicyExpired),
        new("tee", RuleAspect.Expected, Owner + "tee", TeeIsAccepted, RefusalReason.TeeNotAccepted),
        new("development-root", RuleAspect.Expected, Owner + "tee.KIND.development", RootIsAccepted, RefusalReason.DevelopmentRootNotAccepted));

    /// <summary>Runs all of them.</summary>
    public static RuleResult[] Run(AuthenticEvidence evidence, AppraisalInputs inputs)
    {
        var subject = new CommonSubject(evidence, inputs);
        return [.. Bound.Apply(subject), .. InitData.Apply(subject), .. Policy.Apply(subject)];
    }

    /// <summary>The one rule that is asked before any policy is known: whether the evidence answers this question.</summary>
    public static Finding Answers(AuthenticEvidence evidence, ByteString expected) => Finding.Of(evidence.ReportData == expected,
        RefusalReason.ReportDataMismatch, $"{expected}", $"{evidence.ReportData}",
        "The evidence is bound to other data: it answers another nonce, or other keys than the ones that came with it; ask again with a fresh nonce.");

    private static Finding ReportDataAnswersTheQuestion(CommonSubject subject) => Answers(subject.Evidence, subject.Inputs.ExpectedReportData);

    private static Finding InitDataIsAccepted(CommonSubject subject)
    {
        (IReadOnlyList<ByteString> accepted, ByteString found) = (subject.Policy.InitDataDigests, subject.Evidence.InitDataDigest);
        return Finding.Of(accepted.Contains(found), RefusalReason.InitDataNotAccepted, accepted.Count == 1 ? $"{accepted[0]}" : $"one of {accepted.Count} in the policy",
            found.Length == 0 ? "none" : $"{found}", $"The initdata digest {found} is not among the {accepted.Count} that the policy accepts.");
    }

    private static Finding PolicyIsInForce(CommonSubject subject)
    {
        Refusal? refusal = subject.Inputs.Policy.CheckTime(subject.Inputs.Now);
        return Finding.Of(refusal is null, RefusalReason.PolicyExpired, $"now at most {subject.Policy.NotAfter:u}", $"{subject.Inputs.Now:u}", refusal?.Message ?? "");
    }

    private static Finding TeeIsAccepted(CommonSubject subject)
    {
        string kind = subject.Evidence.Tee.ToWire();
        return Finding.Of(subject.Policy.Accepts(subject.Evidence.Tee), RefusalReason.TeeNotAccepted, $"rules for {kind} in the policy", kind,
            $"Policy {subject.Policy.PolicyVersion} of {subject.Policy.Tenant}/{subject.Policy.Model} has no rules for {kind}, so it accepts no such guest.");
    }

    private static Finding RootIsAccepted(CommonSubject subject)
    {
        bool allowed = subject.Policy.AllowsDevelopment(subject.Evidence.Tee);
        return Finding.Of(allowed || !subject.Evidence.IsDevelopment, RefusalReason.DevelopmentRootNotAccepted,
            allowed ? "any accepted root" : "a root of the vendor", subject.Evidence.IsDevelopment ? "a development root" : "a root of the vendor",
            "The evidence ends in a development root, which no hardware stands behind; the policy must say 'development' to accept it.");
    }
}
