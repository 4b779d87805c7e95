namespace ConfidentialOperator.Attestation.Rules;

/// <summary>What became of one rule.</summary>
public enum RuleOutcome
{
    /// <summary>It holds.</summary>
    Passed = 1,

    /// <summary>It does not hold: the guest is refused.</summary>
    Failed = 2,

    /// <summary>The owner's policy does without it, for a stated reason.</summary>
    Waived = 3,

    /// <summary>No demand was made, but people should know what was found.</summary>
    Noted = 4,

    /// <summary>It could not be judged, because something that it looks at is missing: what is not judged does not hold.</summary>
    NotReached = 5,
}
