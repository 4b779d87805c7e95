namespace ConfidentialOperator.Attestation.Rules;

/// <summary>A rule: its name, the question that it answers, where it is written down, and how it looks at its subject. It is pure.</summary>
internal sealed record Rule<T>(string Name, RuleAspect Aspect, string Specification, Func<T, Finding> Look)
{
    public RuleResult Apply(T subject)
    {
        Finding finding = Look(subject);
        return new RuleResult
        {
            Rule = Name,
            Aspect = Aspect,
            Outcome = finding.Outcome,
            Expected = PlainText.Of(finding.Expected),
            Found = PlainText.Of(finding.Found),
            Reason = finding.Reason,
            Message = PlainText.Of(finding.Message),
            Specification = Specification,
        };
    }
}
