using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Vectors;

/// <summary>Judges the cases of one kind of evidence as the product does. It reads every key of a case's policy, or the case counts as wrong.</summary>
internal interface ITeeRunner
{
    /// <summary>Gets the set's name of the kind.</summary>
    public string Tee { get; }

    /// <summary>Gets which reasons a word of the set means. A word that is not here is an error.</summary>
    public IReadOnlyDictionary<string, RefusalReason[]> Reasons { get; }

    /// <summary>Judges a case.</summary>
    public VectorOutcome Judge(VectorCase given);
}
