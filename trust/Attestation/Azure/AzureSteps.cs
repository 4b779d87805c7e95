using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Azure;

/// <summary>
/// The steps from an authentic hardware report to an authentic quote, in their order: the hardware vouches for the paravisor and for what it says, which names
/// the key that signs the PCRs. The steps of the hardware's own kind run before. The first that fails is the reason. All of them run.
/// </summary>
internal static class AzureSteps
{
    private const string Hcl = "Azure, guest attestation, HCL report";
    private const string Tpm = "TPM 2.0 Library, part 2, TPMS_ATTEST";
    private const string NeedsKey = "the attestation key in the runtime data";

    public static RuleList<AzureAttempt> All { get; } = new("Azure: does the hardware vouch for the virtual TPM's quote?",
        new("paravisor-level", RuleAspect.Genuine, "AMD 56860, ATTESTATION_REPORT.VMPL; " + Hcl, ReportIsOfTheParavisor, RefusalReason.VmplNotAccepted),
        new("paravisor-report", RuleAspect.Genuine, Hcl + "; Intel TDX module, TDREPORT_STRUCT", ReportAgreesWithTheQuote, RefusalReason.RuntimeDataMismatch),
        new("runtime-data", RuleAspect.Genuine, Hcl + ", variable data", ReportIsBoundToTheRuntimeData, RefusalReason.RuntimeDataMismatch),
        new("attestation-key", RuleAspect.Genuine, Hcl + ", HCLAkPub", RuntimeDataNamesTheKey, RefusalReason.ReportMalformed),
        new("quote-signature", RuleAspect.Genuine, "TPM 2.0 Library, part 1, RSASSA", KeySignedTheQuote, RefusalReason.SignatureInvalid),
        new("pcr-digest", RuleAspect.Genuine, Tpm + ".attested.quote.pcrDigest", PcrsAreTheQuoted, RefusalReason.PcrMismatch));

    /// <summary>The guest itself runs at a lower level and could ask for a report over a key of its own: only level 0 is the paravisor.</summary>
    private static Finding ReportIsOfTheParavisor(AzureAttempt attempt)
    {
        string found = attempt.Evidence.Hardware.Level?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none, as TDX has none";
        return Finding.Of(attempt.Evidence.Hardware.Level is null or 0, RefusalReason.VmplNotAccepted, "0", found,
            $"The report was asked for at privilege level {found}; only level 0 is the paravisor, and the guest could have chosen the key by itself.");
    }

    private static Finding ReportAgreesWithTheQuote(AzureAttempt attempt)
    {
        string? contradiction = attempt.Evidence.Hardware.Contradiction;
        return Finding.Of(contradiction is null, RefusalReason.RuntimeDataMismatch, "as in the hardware's quote", contradiction is null ? "as in the hardware's quote" : $"another {contradiction}",
            $"The paravisor's copy of the hardware's report has another {contradiction} than the hardware's quote: they are not of one machine.");
    }

    private static Finding ReportIsBoundToTheRuntimeData(AzureAttempt attempt)
    {
        ByteString found = attempt.Evidence.Hardware.ReportData;
        return Finding.Of(found == attempt.RuntimeHash, RefusalReason.RuntimeDataMismatch, $"{attempt.RuntimeHash}", $"{found}",
            "The hardware's report is not bound to the paravisor's runtime data: the keys in it are anybody's.");
    }

    private static Finding RuntimeDataNamesTheKey(AzureAttempt attempt) => Finding.Of(attempt.Runtime is not null, RefusalReason.ReportMalformed,
        "one key HCLAkPub of RSA-2048", attempt.Runtime is null ? "none that can be used" : "one", attempt.RuntimeRefusal?.Message ?? "");

    private static Finding KeySignedTheQuote(AzureAttempt attempt) => attempt.Runtime is null ? Finding.NotReached(NeedsKey)
        : Finding.Of(attempt.IsSigned, RefusalReason.SignatureInvalid, "made by the attestation key", attempt.IsSigned ? "made by the attestation key" : "not made by it",
            "The quote's signature does not verify under the attestation key of the runtime data: it was altered, or is another VM's.");

    private static Finding PcrsAreTheQuoted(AzureAttempt attempt) => Finding.Of(attempt.PcrDigest == attempt.Evidence.Quote.PcrDigest, RefusalReason.PcrMismatch,
        $"{attempt.Evidence.Quote.PcrDigest}", $"{attempt.PcrDigest}",
        "The PCRs that came are not the ones that the quote covers: read them and the quote in one go, with no event between.");
}
