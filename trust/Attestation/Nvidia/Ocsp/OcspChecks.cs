using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia.Ocsp;

/// <summary>The rules about what responders say of a path's certificates. All of them run.</summary>
internal static class OcspChecks
{
    private const string Waiver = "gpu.revocation";
    private const string Needs = "an answer of a responder for each certificate";
    private static readonly TimeSpan s_clocks = TimeSpan.FromMinutes(5);

    public static RuleList<OcspSubject> All { get; } = new("NVIDIA: are the certificates still in force?",
        new("ocsp-answer", RuleAspect.Current, "RFC 6960, 4.1.1; trust policy, gpu.revocation", EachCertificateHasAnAnswer, RefusalReason.RevocationListInvalid) { Waiver = Waiver },
        new("ocsp-responder", RuleAspect.Current, "RFC 6960, 4.2.2.2", RespondersAreAppointed, RefusalReason.RevocationListInvalid) { Waiver = Waiver },
        new("ocsp-revoked", RuleAspect.Current, "RFC 6960, 2.2", NoneIsRevoked, RefusalReason.CertificateRevoked) { Waiver = Waiver },
        new("ocsp-hold", RuleAspect.Current, "RFC 5280, 5.3.1, certificateHold; trust policy, gpu.revocation.holdAccepted", NoneIsOnHold, RefusalReason.CertificateRevoked) { Waiver = Waiver },
        new("ocsp-known", RuleAspect.Current, "RFC 6960, 2.2", NoneIsUnknown, RefusalReason.RevocationListInvalid) { Waiver = Waiver },
        new("ocsp-time", RuleAspect.Current, "RFC 6960, 4.2.2.1", AnswersAreOfNow, RefusalReason.RevocationListInvalid) { Waiver = Waiver },
        new("ocsp-age", RuleAspect.Current, "trust policy, gpu.revocation.maximumAgeSeconds", AnswersAreYoungEnough, RefusalReason.RevocationListInvalid) { Waiver = Waiver });

    private static Finding EachCertificateHasAnAnswer(OcspSubject subject)
    {
        string? missing = subject.Certificates.Where(entry => entry.Finding is null).Select(entry => entry.Name).FirstOrDefault();
        return Finding.Of(missing is null, RefusalReason.RevocationListInvalid, "an answer for each certificate", missing is null ? $"{subject.Certificates.Count} answers" : $"none for '{missing}'",
            $"There is no OCSP response about certificate '{missing}' of the {subject.What}: ask NVIDIA's responder, or waive the rule with a reason.");
    }

    private static Finding RespondersAreAppointed(OcspSubject subject) => Each(subject, RefusalReason.RevocationListInvalid, "signed by the issuer, or by a responder that it appointed",
        finding => finding.Fault.Length == 0 ? null : finding.Fault);

    private static Finding NoneIsRevoked(OcspSubject subject) => EachSound(subject, RefusalReason.CertificateRevoked, "not revoked",
        finding => finding.Answer.Status == OcspStatus.Revoked ? "it is revoked" : null);

    private static Finding NoneIsOnHold(OcspSubject subject) => EachSound(subject, RefusalReason.CertificateRevoked, subject.Demand.HoldAccepted ? "on hold is accepted" : "not on hold",
        finding => finding.Answer.Status == OcspStatus.OnHold && !subject.Demand.HoldAccepted ? "it is on hold, which counts as revoked unless the policy accepts it" : null);

    private static Finding NoneIsUnknown(OcspSubject subject) => EachSound(subject, RefusalReason.RevocationListInvalid, "known to its issuer's responder",
        finding => finding.Answer.Status == OcspStatus.Unknown ? "its responder does not know it" : null);

    private static Finding AnswersAreOfNow(OcspSubject subject) => EachSound(subject, RefusalReason.RevocationListInvalid, $"in force at {subject.Now:u}",
        finding => finding.Answer.ThisUpdate <= subject.Now + s_clocks && finding.Answer.NextUpdate is { } next && subject.Now <= next ? null
            : $"the answer is of {finding.Answer.ThisUpdate:u} and good until {finding.Answer.NextUpdate:u}");

    private static Finding AnswersAreYoungEnough(OcspSubject subject) => EachSound(subject, RefusalReason.RevocationListInvalid, $"at most {subject.Demand.MaximumAgeSeconds} seconds old",
        finding => subject.Now - finding.Answer.ThisUpdate <= TimeSpan.FromSeconds(subject.Demand.MaximumAgeSeconds) ? null : $"the answer is of {finding.Answer.ThisUpdate:u}");

    private static Finding EachSound(OcspSubject subject, RefusalReason reason, string expected, Func<OcspFinding, string?> fault) =>
        subject.Certificates.Any(entry => entry.Finding is not { Fault.Length: 0 }) && subject.Certificates.All(entry => entry.Finding is not { Fault.Length: 0 } sound || fault(sound) is null)
            ? Finding.NotReached(Needs) : Each(subject, reason, expected, finding => finding.Fault.Length == 0 ? fault(finding) : null);

    private static Finding Each(OcspSubject subject, RefusalReason reason, string expected, Func<OcspFinding, string?> fault)
    {
        foreach ((string name, OcspFinding? finding) in subject.Certificates)
        {
            if (finding is not null && fault(finding) is { } wrong)
            {
                return Finding.Failed(reason, expected, wrong, $"Certificate '{name}' of the {subject.What} is not shown to be in force: {wrong}.");
            }
        }

        return subject.Certificates.Any(entry => entry.Finding is null) ? Finding.NotReached(Needs) : Finding.Passed(expected, $"{subject.Certificates.Count} answers");
    }
}
