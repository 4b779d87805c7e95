using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Rules;

/// <summary>Rules about one kind of subject, in the order in which they are read out: all of them run, and none stops the others.</summary>
/// <typeparam name="T">The subject.</typeparam>
internal sealed class RuleList<T>(string title, params Rule<T>[] rules) : IRuleList
{
    public string Title => title;

    public IReadOnlyList<IRule> Rules => rules;

    public int Count => rules.Length;

    internal IReadOnlyList<Rule<T>> Each => rules;

    /// <summary>Applies every rule.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="about">What the results say they are about.</param>
    public RuleResult[] Apply(T subject, string about = RuleResult.Cpu)
    {
        var results = new RuleResult[rules.Length];
        for (int at = 0; at < rules.Length; at++)
        {
            results[at] = rules[at].Apply(subject, about);
        }

        return results;
    }

    /// <summary>Returns every rule as waived: the owner does without the whole list.</summary>
    /// <param name="reason">The owner's reason.</param>
    /// <param name="about">What the results say they are about.</param>
    public RuleResult[] Waive(string reason, string about) =>
        [.. rules.Select(rule => (rule with { Look = _ => new Finding(RuleOutcome.Waived, "not checked", "not looked at", RefusalReason.None, reason) }).Apply(default!, about))];

    /// <summary>Returns the list without one rule: for tests that show what the rule is good for.</summary>
    public RuleList<T> Without(string name) => new(title, [.. rules.Where(rule => rule.Name != name)]);
}
