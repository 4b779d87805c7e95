using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Guests;

/// <summary>
/// The verifier for a client, before it sends a byte:
/// <code>
/// Verdict&lt;VerifiedGuest&gt; verdict = GuestVerifier.Verify(new GuestQuestion { Document = …, Nonce = …, Policy = …, Roots = TrustRoots.BuiltIn, Now = … });
/// if (verdict.Accepted) { SealTo(verdict.Proof.Keyset.SealingKeys); } else { Show(verdict.Appraisal); }
/// </code>
/// It runs the rules that the broker runs (<see cref="Appraiser"/>), and those of the keyset. It is pure: no network, clock or file.
/// </summary>
public static class GuestVerifier
{
    /// <summary>Returns the verdict on a guest's answer.</summary>
    public static Verdict<VerifiedGuest> Verify(GuestQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        List<RuleResult> results = [];
        AttestationDocument document = question.Document;
        Keyset? keyset = null;
        (AuthenticEvidence? evidence, bool isGenuine) = ReadEvidence(question, results);
        if (evidence is not null)
        {
            ByteString expected = ReportBinding.ForClient(question.Nonce.Span, document.Keyset.Span, document.DeviceEvidence.Span);
            results.AddRange(evidence.Appraise(new AppraisalInputs(question.Policy, expected, question.Now)));
        }

        results.Add(ReadingStep.KeysetFormat.Apply(Keyset.TryParse(document.Keyset.Memory, out keyset, out Refusal? fault) ? null : fault, "keyset"));
        if (keyset is not null)
        {
            results.AddRange(KeysetChecks.All.Apply(new GuestSubject(question, keyset, evidence), "keyset"));
        }

        DeviceVerdict? devices = DeviceQuestion.Judge(
            new DeviceQuestion(document.DeviceEvidence, ReportBinding.DeviceNonce(question.Nonce.Span, document.Keyset.Span)) { Collateral = [.. question.Collateral, .. document.Collateral] },
            question.Policy.Policy, question.Roots, question.Now);
        var appraisal = new Appraisal(results, evidence, isGenuine, question.Policy, question.Now, devices);
        return new Verdict<VerifiedGuest>(appraisal, () => new VerifiedGuest(keyset!, ByteString.Sha256(document.Keyset.Span), appraisal, question));
    }

    private static (AuthenticEvidence? Evidence, bool IsGenuine) ReadEvidence(GuestQuestion question, List<RuleResult> results)
    {
        AttestationDocument document = question.Document;
        Evidence? evidence = null;
        bool isKnown = EvidenceReader.CanRead(document.Tee);
        results.Add(ReadingStep.EvidenceKind.Apply(isKnown ? null : new(RefusalReason.EvidenceKindNotAccepted,
            $"The guest's evidence is of '{document.Tee.ToWire()}'; this version verifies {string.Join(", ", EvidenceReader.Kinds)}.")));
        if (isKnown)
        {
            results.Add(ReadingStep.EvidenceFormat.Apply(
                EvidenceReader.TryRead(document.Tee, document.CpuEvidence.Memory, out evidence, out Refusal? fault) ? null : fault));
        }

        if (evidence is null)
        {
            return (null, false);
        }

        Authentication authentication = evidence.Authenticate(
            new EvidenceInputs(question.Roots, question.Now) { Collateral = document.Collateral, Own = question.Collateral, AllowSample = question.AllowSample });
        results.AddRange(authentication.Results);
        return (authentication.Evidence, authentication.IsGenuine);
    }
}
