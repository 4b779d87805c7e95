using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Rules;

/// <summary>A rule: its name, the question that it answers, where it is written down, how it looks at its subject, and for which reasons it refuses. It is pure.</summary>
/// <typeparam name="T">The subject.</typeparam>
internal sealed record Rule<T>(string Name, RuleAspect Aspect, string Specification, Func<T, Finding> Look, params RefusalReason[] Reasons) : IRule
{
    /// <summary>Gets the member of the trust policy that waives it; null when nobody can.</summary>
    public string? Waiver { get; init; }

    /// <summary>Gets whether it only tells something and refuses nobody: it has no reason to refuse with.</summary>
    public bool IsOnlyTold { get; init; }

    public string LookName => Look.Method.Name;

    public RuleResult Apply(T subject, string about)
    {
        Finding finding = Look(subject);
        return new RuleResult
        {
            Rule = Name,
            Subject = about,
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
