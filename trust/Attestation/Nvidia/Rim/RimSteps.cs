using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia.Rim;

/// <summary>The steps from a document with reference values to NVIDIA's word. All of them run.</summary>
internal static class RimSteps
{
    private const string Waiver = "gpu.driverRim, gpu.vbiosRim";
    private const string Needs = "reference values that can be read";

    public static RuleList<RimAttempt> All { get; } = new("NVIDIA: does NVIDIA vouch for the reference values?",
        new("rim-format", RuleAspect.Expected, "W3C XML 1.0, without document type", DocumentCanBeRead, RefusalReason.ReferenceValuesInvalid) { Waiver = Waiver },
        new("rim-signature", RuleAspect.Expected, "W3C XML Signature, 3.2; Canonical XML 1.1", SignatureVerifies, RefusalReason.SignatureInvalid) { Waiver = Waiver },
        new("rim-chain", RuleAspect.Expected, "NVIDIA CoRIM signing certificates; RFC 5280, 6", SignerLeadsToAnAcceptedRoot, RefusalReason.ChainUntrusted) { Waiver = Waiver },
        new("rim-development-root", RuleAspect.Expected, "trust policy, gpu.development", RootIsOfTheDevicesKind, RefusalReason.DevelopmentRootNotAccepted) { Waiver = Waiver },
        new("rim-certificate-time", RuleAspect.Current, "RFC 5280, 4.1.2.5; trust policy, gpu.driverRim.expiredSigner", SignerIsValidNow, RefusalReason.CertificateExpired) { Waiver = Waiver },
        new("rim-content", RuleAspect.Expected, "ISO 19770-2:2015; TCG Reference Integrity Manifest", ContentCanBeRead, RefusalReason.ReferenceValuesInvalid) { Waiver = Waiver });

    private static Finding DocumentCanBeRead(RimAttempt attempt) => attempt.Document is not { } document
        ? Finding.Failed(RefusalReason.ReferenceValuesInvalid, $"the reference values of the {attempt.What}", "none",
            $"The reference values (RIM) of the {attempt.What} are missing: fetch them from NVIDIA's service, or waive the rule with a reason.")
        : Finding.Of(document.Fault.Length == 0, RefusalReason.ReferenceValuesInvalid, "XML without document type", document.Fault.Length == 0 ? "XML" : document.Fault,
            $"The reference values of the {attempt.What} cannot be read: {document.Fault}; fetch them again from NVIDIA's service.");

    private static Finding ContentCanBeRead(RimAttempt attempt) => attempt.Document is not { Fault: "" } document ? Finding.NotReached(Needs)
        : Finding.Of(document.ContentFault.Length == 0, RefusalReason.ReferenceValuesInvalid, "a SWID tag with measurements",
            document.ContentFault.Length == 0 ? $"{document.Content!.Active.Count} active values" : document.ContentFault,
            $"The reference values of the {attempt.What} are no SWID tag with measurements: {document.ContentFault}");

    private static Finding SignatureVerifies(RimAttempt attempt) => attempt.Document is not { Fault: "" } document ? Finding.NotReached(Needs)
        : Finding.Of(document.SignatureFault.Length == 0, RefusalReason.SignatureInvalid, "one signature over the whole document",
            document.SignatureFault.Length == 0 ? "one signature over the whole document" : document.SignatureFault,
            $"The signature of the reference values of the {attempt.What} does not hold: {document.SignatureFault}.");

    private static Finding SignerLeadsToAnAcceptedRoot(RimAttempt attempt)
    {
        const string Expected = "a signer below NVIDIA's root for reference values, or below a configured development root";
        return attempt.Document switch
        {
            null => Finding.NotReached(Needs),
            { Path: { } path } => Finding.Passed(Expected, $"'{path.Leaf.CommonName}'"),
            { PathRefusal: { } refusal } => Finding.Failed(refusal.Reason, Expected, "no path", refusal.Message),
            _ => Finding.NotReached(Needs),
        };
    }

    /// <summary>A development root may be configured for other guests: what ends in one says nothing of a device that NVIDIA vouches for.</summary>
    private static Finding RootIsOfTheDevicesKind(RimAttempt attempt)
    {
        if (attempt.Document?.Path is not { } path)
        {
            return Finding.NotReached("the signer's path to an accepted root");
        }

        return Finding.Of(!path.IsDevelopment || attempt.IsForDevelopment, RefusalReason.DevelopmentRootNotAccepted,
            attempt.IsForDevelopment ? "any accepted root" : "NVIDIA's root for reference values", path.IsDevelopment ? "a development root" : "NVIDIA's root for reference values",
            $"The reference values of the {attempt.What} end in a development root, and the device does not: only NVIDIA says what its devices must be.");
    }

    private static Finding SignerIsValidNow(RimAttempt attempt)
    {
        if (attempt.Document?.Path is not { } path)
        {
            return Finding.NotReached("the signer's path to an accepted root");
        }

        (string expected, string found) = ($"valid at {attempt.Now:u}", $"valid until {path.NotAfter:u}");
        return path.CheckTime(attempt.Now) is not { } refusal ? Finding.Passed(expected, found)
            : attempt.AllowsExpiredSigner && path.Certificates.All(certificate => certificate.NotBefore <= attempt.Now)
                ? Finding.Noted(expected, found, "The signer's certificate has run out, and the owner accepts that.")
                : Finding.Failed(RefusalReason.CertificateExpired, expected, found, refusal.Message);
    }
}
