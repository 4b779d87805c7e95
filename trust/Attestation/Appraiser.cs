using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Nvidia.Spdm;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation;

/// <summary>
/// The verifier for a key broker, in two steps, because a broker must know who speaks before it looks for policies:
/// <code>
/// EvidenceReader.TryRead(kind, json, out Evidence? evidence, out Refusal? refusal);
/// Appraiser.TryAuthenticate(evidence, expectedReportData, inputs, out AuthenticEvidence? authentic, out refusal);
/// Verdict&lt;AttestedWorkload&gt; verdict = Appraiser.Appraise(authentic, policy, expectedReportData, inputs);
/// </code>
/// A client has <see cref="Guests.GuestVerifier"/>, which runs the same rules. Everything here is pure: no network, clock or file.
/// </summary>
public static class Appraiser
{
    /// <summary>Checks that the hardware vouches for the evidence and that it answers this question. No policy is asked.</summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="expectedReportData">What the evidence must be bound to, 64 bytes, computed by the asker (<see cref="Protocol.Kbs.KbsReportData"/>).</param>
    /// <param name="inputs">Certificates and lists beyond those that came with the evidence, the accepted roots, and the time.</param>
    /// <param name="authentic">The evidence with the hardware's word.</param>
    /// <param name="refusal">Why it is refused.</param>
    public static bool TryAuthenticate(Evidence evidence, ByteString expectedReportData, EvidenceInputs inputs,
        [NotNullWhen(true)] out AuthenticEvidence? authentic, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(expectedReportData);
        ArgumentNullException.ThrowIfNull(inputs);
        Authentication authentication = evidence.Authenticate(inputs);
        authentic = authentication.Evidence;
        if (authentic is null)
        {
            refusal = authentication.Refusal ?? new(RefusalReason.InternalError, "The evidence is refused without a rule.");
            return false;
        }

        Finding answer = CommonChecks.Answers(authentic, expectedReportData);
        refusal = answer.Outcome == RuleOutcome.Passed ? null : new(answer.Reason, answer.Message);
        authentic = refusal is null ? authentic : null;
        return authentic is not null;
    }

    /// <summary>Asks every rule of a policy about an authentic guest that shows no devices.</summary>
    /// <param name="evidence">The guest's evidence.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="expectedReportData">What the evidence must be bound to.</param>
    /// <param name="now">The time.</param>
    public static Verdict<AttestedWorkload> Appraise(AuthenticEvidence evidence, SignedTrustPolicy policy, ByteString expectedReportData, DateTimeOffset now) =>
        Appraise(evidence, policy, expectedReportData, new EvidenceInputs(TrustRoots.BuiltIn, now));

    /// <summary>Asks every rule of a policy about an authentic guest, and about its devices when the policy demands some.</summary>
    /// <param name="evidence">The guest's evidence.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="expectedReportData">What the evidence must be bound to.</param>
    /// <param name="inputs">Roots, collateral and time.</param>
    /// <param name="devices">What is asked of the guest's devices; null when it shows none.</param>
    public static Verdict<AttestedWorkload> Appraise(
        AuthenticEvidence evidence, SignedTrustPolicy policy, ByteString expectedReportData, EvidenceInputs inputs, DeviceQuestion? devices = null)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(expectedReportData);
        ArgumentNullException.ThrowIfNull(inputs);
        IReadOnlyList<RuleResult> results = evidence.Appraise(new AppraisalInputs(policy, expectedReportData, inputs.Now));
        DeviceVerdict? judged = DeviceQuestion.Judge(devices, policy.Policy, inputs.Roots, inputs.Now);
        var appraisal = new Appraisal([.. evidence.Results, .. results], evidence, isGenuine: true, policy, inputs.Now, judged);
        return new Verdict<AttestedWorkload>(appraisal, () => new AttestedWorkload(evidence, policy));
    }

    /// <summary>
    /// Returns the verdict on evidence, with every rule: for people and programs that want to know what evidence is worth. It proves nothing to a broker or a
    /// client, who have a question of their own.
    /// </summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="inputs">Collateral, roots, time.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="expectedReportData">What the evidence must be bound to; null to tell what it is bound to, and not to ask.</param>
    /// <param name="devices">What is asked of the guest's devices; null when there are none.</param>
    public static Appraisal Examine(
        Evidence evidence, EvidenceInputs inputs, SignedTrustPolicy policy, ByteString? expectedReportData, DeviceQuestion? devices = null)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(policy);
        Authentication authentication = evidence.Authenticate(inputs);
        List<RuleResult> results = [.. authentication.Results];
        if (authentication.Evidence is { } authentic)
        {
            IReadOnlyList<RuleResult> appraised = authentic.Appraise(new AppraisalInputs(policy, expectedReportData ?? authentic.ReportData, inputs.Now));
            results.AddRange(expectedReportData is not null ? appraised : appraised.Select(NotAsked));
        }

        return new Appraisal(results, authentication.Evidence, authentication.IsGenuine, policy, inputs.Now,
            DeviceQuestion.Judge(devices, policy.Policy, inputs.Roots, inputs.Now));
    }

    /// <summary>Returns the verdict on evidence of devices alone: it says nothing of a guest, since no CPU's evidence binds them to one.</summary>
    /// <param name="devices">The devices.</param>
    /// <param name="inputs">Collateral, roots, time.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="nonce">What they must answer; null to tell what they answer, and not to ask.</param>
    public static Appraisal ExamineDevices(IReadOnlyList<NvidiaDeviceEvidence> devices, EvidenceInputs inputs, SignedTrustPolicy policy, ByteString? nonce)
    {
        ArgumentNullException.ThrowIfNull(devices);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(policy);
        RuleResult cpu = ReadingStep.CpuEvidence.Apply(null) with
        {
            Outcome = RuleOutcome.Noted,
            Expected = "not asked",
            Found = "none",
            Message = "Only devices were given: no evidence of a CPU binds them to a guest.",
        };
        if (policy.Policy.Gpu is not { } demand)
        {
            RuleResult refused = ReadingStep.DeviceRules.Apply(new(RefusalReason.DeviceNotAccepted, "The policy has no rules for devices, so none is accepted."));
            return new Appraisal([cpu, refused], null, isGenuine: false, policy, inputs.Now);
        }

        ByteString asked = nonce ?? devices.Select(device => SpdmReport.TryParse(device.Report, out SpdmReport? report, out _) ? report.Nonce : null).FirstOrDefault(found => found is not null)
            ?? new ByteString(new byte[ReportBinding.NonceSize]);
        DeviceVerdict verdict = DeviceVerifier.Verify(devices, demand, asked, [.. inputs.Own, .. inputs.Collateral], inputs.Roots, inputs.Now);
        verdict = nonce is not null ? verdict : new DeviceVerdict(verdict.Devices, [.. verdict.Results.Select(NotAsked)]);
        return new Appraisal([cpu], null, isGenuine: true, policy, inputs.Now, verdict, isCpuAsked: false);
    }

    /// <summary>Returns the verdict on bytes that are no evidence: nothing is genuine, and the reason is why they cannot be read.</summary>
    /// <param name="refusal">Why they cannot be read.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="now">The time.</param>
    public static Appraisal Unreadable(Refusal refusal, SignedTrustPolicy policy, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        ArgumentNullException.ThrowIfNull(policy);
        return new Appraisal([ReadingStep.EvidenceFormat.Apply(refusal)], null, isGenuine: false, policy, now);
    }

    private static RuleResult NotAsked(RuleResult result) => result.Rule is not ("report-data" or "device-nonce") ? result : result with
    {
        Outcome = RuleOutcome.Noted,
        Expected = "not asked",
        Message = "Nothing was given to compare it with: the evidence may answer anybody's question.",
    };
}
