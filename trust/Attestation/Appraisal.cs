using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation;

/// <summary>
/// The verdict on one guest under one policy: three answers (genuine, current, expected) and every rule with what was expected and found. It is a
/// description; what may be done with a guest is said by the proof that comes with it (<see cref="Verdict{TProof}"/>).
/// </summary>
public sealed class Appraisal
{
    internal Appraisal(IReadOnlyList<RuleResult> results, AuthenticEvidence? evidence, bool isGenuine, SignedTrustPolicy policy, DateTimeOffset at,
        DeviceVerdict? devices = null, bool isCpuAsked = true)
    {
        Results = devices is null ? results : [.. results, .. devices.Results];
        Devices = devices?.Devices ?? [];
        Evidence = evidence;
        Policy = policy;
        At = at;
        Genuine = isGenuine && (devices is null || devices.Results.All(result => result.Aspect != RuleAspect.Genuine || result.IsFine));
        Current = (evidence is not null || !isCpuAsked) && Holds(RuleAspect.Current);
        Expected = (evidence is not null || !isCpuAsked) && Holds(RuleAspect.Expected);
        Refusal = FirstRefusal(Results);
    }

    /// <summary>Gets whether an accepted root vouches for the evidence. A development root is an accepted root: see <see cref="Development"/>.</summary>
    public bool Genuine { get; }

    /// <summary>Gets whether firmware, certificates, revocation, policy and keys are current. What was not reached is not current.</summary>
    public bool Current { get; }

    /// <summary>Gets whether it is the guest that the policy wants and answers the question. What was not reached is not as expected.</summary>
    public bool Expected { get; }

    /// <summary>Gets whether all three hold: every rule holds, is waived by the owner, or only tells something.</summary>
    public bool Accepted => Genuine && Current && Expected && Refusal is null;

    /// <summary>Gets the first refusal, in the order of the rules; null when accepted.</summary>
    public Refusal? Refusal { get; }

    /// <summary>Gets every rule that ran.</summary>
    public IReadOnlyList<RuleResult> Results { get; }

    /// <summary>Gets the authentic evidence of the CPU; null when nothing vouches for the evidence.</summary>
    public AuthenticEvidence? Evidence { get; }

    /// <summary>Gets the devices that hardware vouches for; none when the policy demands none.</summary>
    public IReadOnlyList<AuthenticDevice> Devices { get; }

    /// <summary>Gets the policy.</summary>
    public SignedTrustPolicy Policy { get; }

    /// <summary>Gets the time for which the verdict was made.</summary>
    public DateTimeOffset At { get; }

    /// <summary>Gets whether the evidence ends in a development root: then no hardware stands behind it, and whoever shows the verdict says so.</summary>
    public bool Development => Evidence is { IsDevelopment: true } || Devices.Any(device => device.IsDevelopment);

    /// <summary>Gets the checks that the owner does without.</summary>
    public IReadOnlyList<Waiver> Waivers => Policy.Policy.Waivers;

    /// <summary>Returns the verdict as JSON, which <c>cfm verify --output json</c> prints.</summary>
    public byte[] ToJson() => AppraisalJson.Write(this);

    private bool Holds(RuleAspect aspect) => Results.All(result => result.Aspect != aspect || result.IsFine);

    /// <summary>What was not judged is refused too. It follows from a failed rule; if ever it does not, the verdict still has a reason.</summary>
    private static Refusal? FirstRefusal(IReadOnlyList<RuleResult> results) =>
        results.FirstOrDefault(result => result.Outcome == RuleOutcome.Failed)?.Refusal
            ?? (results.FirstOrDefault(result => !result.IsFine) is { } open ? new Refusal(RefusalReason.InternalError, $"Rule '{open.Rule}' was not judged: {open.Message}") : null);
}
