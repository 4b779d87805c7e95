using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>The steps from a sound layout to the word of Intel's hardware, in their order: the first that fails is the reason. All of them run.</summary>
internal static class TdxSteps
{
    private const string Quote = "Intel TDX DCAP, quote: ";
    private const string Pck = "Intel SGX PCK certificate: ";
    private const string Module = "Intel TDX module, TDREPORT.";
    private const string NeedsCertificate = "the PCK certificate";
    private const string NeedsPath = "a path to an accepted root";

    /// <summary>The vendor of quoting enclaves that Intel is: 939a7233-f79c-4ca9-940a-0db3957f0607.</summary>
    private static readonly ByteString s_intel = ByteString.FromHex("939a7233f79c4ca9940a0db3957f0607");

    public static RuleList<TdxAttempt> All { get; } = new("TDX: does the hardware vouch for the quote?",
        new("qe-vendor", RuleAspect.Genuine, Quote + "QE vendor id", VendorIsIntel, RefusalReason.EnclaveNotAccepted),
        new("pck-certificate", RuleAspect.Genuine, Quote + "certification data, type 5", CertificateIsThere, RefusalReason.ChainUntrusted, RefusalReason.Unsupported),
        new("certificate-chain", RuleAspect.Genuine, Pck + "chain; RFC 5280, 6", ChainLeadsToAnAcceptedRoot, RefusalReason.ChainUntrusted),
        new("certificate-kind", RuleAspect.Genuine, Pck + "subject and issuer", CertificatesAreWhatTheirNamesSay, RefusalReason.ChainUntrusted),
        new("certificate-time", RuleAspect.Current, "RFC 5280, 4.1.2.5", CertificatesAreValidNow, RefusalReason.CertificateExpired),
        new("pck-extension", RuleAspect.Genuine, Pck + "extension 1.2.840.113741.1.13.1", ExtensionIsWhole, RefusalReason.ProductUnknown),
        new("qe-report-signature", RuleAspect.Genuine, Quote + "QE report signature", QeReportIsSigned, RefusalReason.SignatureInvalid),
        new("attestation-key", RuleAspect.Genuine, Quote + "QE report, REPORTDATA", KeyIsBound, RefusalReason.SignatureInvalid),
        new("quote-signature", RuleAspect.Genuine, Quote + "signature", QuoteIsSigned, RefusalReason.SignatureInvalid),
        new("module-signer", RuleAspect.Genuine, Module + "MRSIGNERSEAM", ModuleIsOfIntel, RefusalReason.ModuleNotAccepted),
        new("module-attributes", RuleAspect.Genuine, Module + "SEAMATTRIBUTES", ModuleHasNoAttributes, RefusalReason.ModuleNotAccepted));

    private static Finding VendorIsIntel(TdxAttempt attempt) => Finding.Of(attempt.Quote.QeVendorId == s_intel, RefusalReason.EnclaveNotAccepted,
        $"{s_intel}", $"{attempt.Quote.QeVendorId}", $"The quote names {attempt.Quote.QeVendorId} as the vendor of its quoting enclave; Intel is {s_intel}.");

    private static Finding CertificateIsThere(TdxAttempt attempt) => attempt switch
    {
        { Chain: null } => Finding.Failed(RefusalReason.Unsupported, "certificates in PEM, type 5", $"type {attempt.Quote.CertificationType}",
            $"The quote's certification data is of type {attempt.Quote.CertificationType}: configure the platform to put its PCK certificate chain, type 5, into quotes."),
        { Chain.Leaf: null } => Finding.Failed(RefusalReason.ChainUntrusted, NeedsCertificate, "none that can be read",
            "The quote's certification data does not begin with a certificate in PEM."),
        _ => Finding.Passed(NeedsCertificate, $"'{attempt.Chain.Leaf.CommonName}'"),
    };

    private static Finding ChainLeadsToAnAcceptedRoot(TdxAttempt attempt)
    {
        const string Expected = "the SGX root of Intel, or a configured development root";
        return attempt switch
        {
            { Chain.Leaf: null } or { Chain: null } => Finding.NotReached(NeedsCertificate),
            { Path: { } path } => Finding.Passed(Expected, Names(path)),
            _ => Finding.Failed(attempt.PathRefusal!.Reason, Expected, $"'{attempt.Chain.Leaf.CommonName}'", attempt.PathRefusal.Message),
        };
    }

    private static Finding CertificatesAreWhatTheirNamesSay(TdxAttempt attempt) => attempt.Path is not { } path ? Finding.NotReached(NeedsPath)
        : Finding.Of(attempt.HasPckNames, RefusalReason.ChainUntrusted, "a PCK certificate, a PCK CA, the root", Names(path),
            $"The chain {Names(path)} is not one of a PCK certificate, the platform or processor CA for them, and the root: another certificate stands in its place.");

    private static Finding CertificatesAreValidNow(TdxAttempt attempt)
    {
        if (attempt.Path is not { } path)
        {
            return Finding.NotReached(NeedsPath);
        }

        Refusal? refusal = path.CheckTime(attempt.Now);
        return Finding.Of(refusal is null, RefusalReason.CertificateExpired, $"valid at {attempt.Now:u}", $"{path.Leaf.NotBefore:u} to {path.Leaf.NotAfter:u}",
            refusal?.Message ?? "");
    }

    private static Finding ExtensionIsWhole(TdxAttempt attempt) => attempt.Chain?.Leaf is null ? Finding.NotReached(NeedsCertificate)
        : Finding.Of(attempt.Pck is not null, RefusalReason.ProductUnknown, "platform and TCB, every part once",
            attempt.Pck is { } pck ? $"FMSPC {pck.Fmspc}, CPUSVN {pck.CpuSvn}, PCESVN {pck.PceSvn}" : "not whole",
            "The PCK certificate has no SGX extension with every part of it, so platform and TCB are not known.");

    private static Finding QeReportIsSigned(TdxAttempt attempt) => attempt.Chain?.Leaf is null ? Finding.NotReached(NeedsCertificate)
        : Finding.Of(attempt.IsQeSigned, RefusalReason.SignatureInvalid, "made by the PCK", attempt.IsQeSigned ? "made by the PCK" : "not made by it",
            "The report of the quoting enclave is not signed by the quote's PCK certificate: it was altered, or the certificate is another machine's.");

    private static Finding KeyIsBound(TdxAttempt attempt) => Finding.Of(attempt.IsKeyBound, RefusalReason.SignatureInvalid,
        "the hash of key and authentication data", attempt.IsKeyBound ? "the same" : "another",
        "The report of the quoting enclave does not name the quote's attestation key: the key or the authentication data were exchanged.");

    private static Finding QuoteIsSigned(TdxAttempt attempt) => Finding.Of(attempt.IsQuoteSigned, RefusalReason.SignatureInvalid,
        "made by the attestation key", attempt.IsQuoteSigned ? "made by the attestation key" : "not made by it",
        "The quote's signature does not verify under its attestation key: the quote was altered.");

    private static Finding ModuleIsOfIntel(TdxAttempt attempt)
    {
        bool isZero = !attempt.Quote.Report.SeamSigner.ContainsAnyExcept((byte)0);
        return Finding.Of(isZero, RefusalReason.ModuleNotAccepted, "zero, which is Intel", isZero ? "zero" : $"{attempt.Quote.Report.MrSignerSeam}",
            "The TDX module is signed by somebody else than Intel.");
    }

    private static Finding ModuleHasNoAttributes(TdxAttempt attempt) => Finding.Of(attempt.Quote.Report.SeamAttributes == 0, RefusalReason.ModuleNotAccepted,
        "zero", $"0x{attempt.Quote.Report.SeamAttributes:x}", "The TDX module has attributes set that a production module does not have, such as debugging.");

    private static string Names(CertificatePath path) => $"'{path.Leaf.CommonName}', '{path.Issuer.CommonName}', '{path.Anchor.Root.CommonName}'";
}
