using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation;

/// <summary>Whether something could be read at all, told in the form of a rule, so that a verdict on it has the form of every verdict.</summary>
internal static class Readability
{
    public static RuleResult Of(string rule, string specification, Refusal? refusal, string subject = RuleResult.Cpu) => new()
    {
        Rule = rule,
        Subject = subject,
        Aspect = RuleAspect.Genuine,
        Outcome = refusal is null ? RuleOutcome.Passed : RuleOutcome.Failed,
        Expected = "can be read",
        Found = refusal is null ? "can be read" : "cannot be read",
        Reason = refusal?.Reason ?? RefusalReason.None,
        Message = PlainText.Of(refusal?.Message ?? ""),
        Specification = specification,
    };
}
