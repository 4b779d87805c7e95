namespace ConfidentialOperator.Attestation.Rules;

/// <summary>Which of the three questions about a guest a rule answers.</summary>
public enum RuleAspect
{
    /// <summary>Does the hardware vouch for it?</summary>
    Genuine = 1,

    /// <summary>Is everything new enough: firmware, certificates, revocation, policy, keys?</summary>
    Current = 2,

    /// <summary>Is it the guest that the owner wants, answering this question?</summary>
    Expected = 3,
}
