using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Rules;

/// <summary>
/// A step before any rule: whether there is something that rules can be asked about. It is told in the form of a rule, so that every verdict has one form. It
/// cannot be passed over: where it fails, the thing itself is missing.
/// </summary>
/// <param name="Name">Its stable name.</param>
/// <param name="Aspect">The question that it answers.</param>
/// <param name="Specification">Where it is written down.</param>
/// <param name="HoldsWhen">When it holds, for the page of checks.</param>
internal sealed record ReadingStep(string Name, RuleAspect Aspect, string Specification, string HoldsWhen)
{
    public static ReadingStep EvidenceKind { get; } = new("evidence-kind", RuleAspect.Genuine, "attestation document, tee", "evidence of this kind can be verified");

    public static ReadingStep EvidenceFormat { get; } = new("evidence-format", RuleAspect.Genuine, "attestation document, cpu_evidence; the JSON of Confidential Containers", "the evidence can be read");

    public static ReadingStep KeysetFormat { get; } = new("keyset-format", RuleAspect.Genuine, "attestation document, keyset", "the keyset can be read");

    public static ReadingStep DeviceLayout { get; } = new("device-layout", RuleAspect.Genuine, "DMTF DSP0274, GET_MEASUREMENTS and MEASUREMENTS", "the device's report can be read");

    public static ReadingStep DeviceRules { get; } = new("devices-accepted", RuleAspect.Expected, "trust policy, gpu", "the policy has rules for devices, when devices alone are examined");

    public static ReadingStep CpuEvidence { get; } = new("cpu-evidence", RuleAspect.Genuine, "trust policy, gpu", "told when devices alone are examined: nothing binds them to a guest");

    /// <summary>Gets all of them, for the page of checks.</summary>
    public static IReadOnlyList<ReadingStep> All { get; } = [EvidenceKind, EvidenceFormat, KeysetFormat, DeviceLayout, DeviceRules, CpuEvidence];

    /// <summary>Returns the result: the step holds, or there is a refusal.</summary>
    /// <param name="refusal">Why it does not hold; null when it does.</param>
    /// <param name="about">The part of the machine that it is about.</param>
    public RuleResult Apply(Refusal? refusal, string about = RuleResult.Cpu) => new()
    {
        Rule = Name,
        Subject = about,
        Aspect = Aspect,
        Outcome = refusal is null ? RuleOutcome.Passed : RuleOutcome.Failed,
        Expected = HoldsWhen,
        Found = refusal is null ? "as expected" : "not so",
        Reason = refusal?.Reason ?? RefusalReason.None,
        Message = PlainText.Of(refusal?.Message ?? ""),
        Specification = Specification,
    };
}
