namespace ConfidentialOperator.Attestation.Rules;

/// <summary>What is written about a list of rules, whatever its subject.</summary>
internal interface IRuleList
{
    /// <summary>Gets the list's title: unique in the library.</summary>
    public string Title { get; }

    public IReadOnlyList<IRule> Rules { get; }
}
