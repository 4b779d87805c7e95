using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>The steps from a sound layout to the hardware's word, in their order: the first that fails is the reason. All of them run.</summary>
internal static class SnpSteps
{
    private const string Abi = "AMD 56860, ATTESTATION_REPORT";
    private const string Certificates = "AMD 57230";
    private const string NeedsCertificate = "the chip's certificate";
    private const string NeedsPath = "a path to an accepted root";

    public static RuleList<SnpAttempt> All { get; } = new("SEV-SNP: does the hardware vouch for the report?",
        new("chip-certificate", RuleAspect.Genuine, $"{Certificates}, VCEK and VLEK", CertificateIsThere, RefusalReason.ChainUntrusted, RefusalReason.Malformed),
        new("certificate-chain", RuleAspect.Genuine, $"{Certificates}, chain ARK, ASK or ASVK, VCEK or VLEK; RFC 5280, 6", ChainLeadsToAnAcceptedRoot, RefusalReason.ChainUntrusted),
        new("certificate-kind", RuleAspect.Genuine, $"{Certificates}, ASK issues VCEK, ASVK issues VLEK", IssuerIsOfTheSameKind, RefusalReason.ChainUntrusted),
        new("signing-key", RuleAspect.Genuine, $"{Abi}.KEY_INFO, SIGNING_KEY", KeyIsOfTheStatedKind, RefusalReason.ChainUntrusted, RefusalReason.SignatureInvalid, RefusalReason.ReportMalformed),
        new("signature-mask", RuleAspect.Genuine, $"{Abi}.KEY_INFO, MASK_CHIP_KEY", SignatureIsNotMasked, RefusalReason.SignatureInvalid),
        new("certificate-time", RuleAspect.Current, "RFC 5280, 4.1.2.5", CertificatesAreValidNow, RefusalReason.CertificateExpired),
        new("not-revoked", RuleAspect.Genuine, "RFC 5280, 5", IntermediateIsNotRevoked, RefusalReason.CertificateRevoked),
        new("report-signature", RuleAspect.Genuine, $"{Abi}.SIGNATURE", SignatureVerifies, RefusalReason.SignatureInvalid),
        new("report-reserved", RuleAspect.Genuine, $"{Abi}, reserved bytes and bits", ReservedBytesAreZero, RefusalReason.ReportMalformed),
        new("report-vmpl", RuleAspect.Genuine, $"{Abi}.VMPL", LevelExists, RefusalReason.ReportMalformed),
        new("certificate-product", RuleAspect.Genuine, $"{Certificates}, product name", CertificateNamesAProduct, RefusalReason.ProductUnknown),
        new("product", RuleAspect.Genuine, $"{Certificates}, product name; {Abi}.CPUID", ProductsAgree, RefusalReason.ProductUnknown),
        new("certificate-tcb", RuleAspect.Genuine, $"{Certificates}, TCB extensions; {Abi}.REPORTED_TCB", CertificateIsOfTheReportedTcb, RefusalReason.CertificateTcbMismatch),
        new("chip-id", RuleAspect.Genuine, $"{Certificates}, HWID; {Abi}.CHIP_ID", CertificateIsOfThisChip, RefusalReason.ChipIdMismatch),
        new("committed-tcb", RuleAspect.Genuine, $"{Abi}.COMMITTED_TCB", ReportedTcbIsCommitted, RefusalReason.ReportMalformed));

    private static Finding CertificateIsThere(SnpAttempt attempt) => attempt.Leaf is { } leaf ? Finding.Passed(NeedsCertificate, $"'{leaf.CommonName}'")
        : attempt.HasUnreadable
            ? Finding.Failed(RefusalReason.Malformed, "a certificate in DER or PEM", "bytes that are none",
                "A certificate that came with the evidence cannot be read: expected one certificate in DER, or certificates in PEM, and nothing after them.")
            : Finding.Failed(RefusalReason.ChainUntrusted, NeedsCertificate, "none", "No certificate of the chip came with the evidence: fetch the "
                + $"{attempt.Report.SigningKey.ToString().ToUpperInvariant()} for its reported TCB from AMD's key service.");

    private static Finding ChainLeadsToAnAcceptedRoot(SnpAttempt attempt)
    {
        const string Expected = "a root of AMD, or a configured development root";
        return attempt switch
        {
            { Leaf: null } => Finding.NotReached(NeedsCertificate),
            { Path: { } path } => Finding.Of(path.Certificates.Count == 3, RefusalReason.ChainUntrusted, Expected, Names(path),
                $"The chip's certificate is {path.Certificates.Count - 1} steps below its root; AMD's are two steps below, with one intermediate."),
            _ => Finding.Failed(attempt.PathRefusal!.Reason, Expected, $"'{attempt.Leaf.CommonName}'", attempt.PathRefusal.Message),
        };
    }

    private static Finding IssuerIsOfTheSameKind(SnpAttempt attempt)
    {
        if (attempt.Path is not { } path)
        {
            return Finding.NotReached(NeedsPath);
        }

        SnpSigningKey leaf = SnpChipCertificate.KindOf(path.Leaf.CommonName);
        SnpSigningKey issuer = SnpChipCertificate.KindOf(path.Issuer.CommonName);
        return Finding.Of(leaf == issuer && leaf != SnpSigningKey.None, RefusalReason.ChainUntrusted, "SEV-VCEK below an ASK, SEV-VLEK below an ASVK", Names(path),
            $"Certificate '{path.Leaf.CommonName}' is issued by '{path.Issuer.CommonName}', which issues certificates of the other kind.");
    }

    private static Finding KeyIsOfTheStatedKind(SnpAttempt attempt)
    {
        if (attempt.Chip is not { } chip)
        {
            return Finding.NotReached(NeedsCertificate);
        }

        SnpSigningKey stated = attempt.Report.SigningKey;
        RefusalReason reason = stated switch
        {
            SnpSigningKey.None => RefusalReason.SignatureInvalid,
            SnpSigningKey.Vcek or SnpSigningKey.Vlek => RefusalReason.ChainUntrusted,
            _ => RefusalReason.ReportMalformed,
        };
        return Finding.Of(stated == chip.Kind && stated != SnpSigningKey.None, reason, $"{chip.Kind}", $"{stated}",
            $"The report says that key '{stated}' signed it, and the certificate is of a '{chip.Kind}': the platform must give the certificate of the key that signed.");
    }

    private static Finding SignatureIsNotMasked(SnpAttempt attempt) => Finding.Of(!attempt.Report.MasksSignature, RefusalReason.SignatureInvalid,
        "signed", attempt.Report.MasksSignature ? "not signed" : "signed",
        "The report says that the platform masks its key, and firmware then leaves the signature out: turn MASK_CHIP_KEY off on the host.");

    private static Finding CertificatesAreValidNow(SnpAttempt attempt)
    {
        if (attempt.Path is not { } path)
        {
            return Finding.NotReached(NeedsPath);
        }

        Refusal? refusal = path.CheckTime(attempt.Now);
        return Finding.Of(refusal is null, RefusalReason.CertificateExpired, $"valid at {attempt.Now:u}", $"{path.Leaf.NotBefore:u} to {path.Leaf.NotAfter:u}",
            refusal?.Message ?? "");
    }

    private static Finding IntermediateIsNotRevoked(SnpAttempt attempt) => attempt is not { Path: { } path, Revocation: { } revocation }
        ? Finding.NotReached(NeedsPath)
        : Finding.Of(revocation.RevokedBy is null, RefusalReason.CertificateRevoked, "not on a list of the root", revocation.Found,
            $"Certificate '{path.Issuer.CommonName}' is on the revocation list of {revocation.RevokedBy?.ThisUpdate:u}: its chips must get certificates of its successor.");

    private static Finding SignatureVerifies(SnpAttempt attempt) => attempt.Leaf is null ? Finding.NotReached(NeedsCertificate)
        : Finding.Of(attempt.IsSigner, RefusalReason.SignatureInvalid, "made by the chip's key", attempt.IsSigner ? "made by the chip's key" : "not made by it",
            "The report's signature does not verify under the chip's certificate: the report was altered, or the certificate is another chip's or of another TCB.");

    private static Finding ReservedBytesAreZero(SnpAttempt attempt)
    {
        string? fault = ReservedFields.FirstFault(attempt.Report);
        return Finding.Of(fault is null, RefusalReason.ReportMalformed, "zero", fault ?? "zero",
            $"The report is not of the layout of version {attempt.Report.Version}: {fault}.");
    }

    private static Finding LevelExists(SnpAttempt attempt) => Finding.Of(attempt.Report.Vmpl is <= SnpReport.HighestLevel or SnpReport.HostLevel,
        RefusalReason.ReportMalformed, "0 to 3, or the host", $"{attempt.Report.Vmpl}", $"The report is of privilege level {attempt.Report.Vmpl}; a processor has levels 0 to 3.");

    private static Finding CertificateNamesAProduct(SnpAttempt attempt) => attempt.Chip is not { } chip ? Finding.NotReached(NeedsCertificate)
        : Finding.Of(chip.Product is not null, RefusalReason.ProductUnknown, "Milan, Genoa or Turin", chip.ProductName ?? "none",
            "The chip's certificate names no product that is known (Milan, Genoa, Turin).");

    private static Finding ProductsAgree(SnpAttempt attempt)
    {
        if (attempt is not { Path: { } path, Chip.Product: { } certified })
        {
            return Finding.NotReached($"{NeedsPath} and the certificate's product");
        }

        SnpProduct expected = path.Anchor.Product ?? certified;
        SnpReport report = attempt.Report;
        bool agree = report.HasKnownProduct && certified == expected && (report.Product ?? expected) == expected && report.IsTurin == (expected == SnpProduct.Turin);
        return Finding.Of(agree, RefusalReason.ProductUnknown, $"{expected}", $"certificate {certified}, processor {report.Processor}",
            $"The chain is of {expected}, the certificate of {certified}, and the report's processor is {report.Processor}: they must be one product.");
    }

    private static Finding CertificateIsOfTheReportedTcb(SnpAttempt attempt)
    {
        if (attempt.Chip is not { Product: not null } chip)
        {
            return Finding.NotReached("the certificate's product");
        }

        SnpTcb reported = attempt.Report.ReportedTcb;
        if (chip.Tcb is not { } bytes)
        {
            return Finding.Failed(RefusalReason.CertificateTcbMismatch, $"{reported}", "a part is missing",
                "The chip's certificate does not say every part of its TCB as a number from 0 to 255.");
        }

        SnpTcb certified = SnpTcb.Read(bytes.Span, attempt.Report.IsTurin);
        return Finding.Of(bytes.Equals(attempt.Report.RawReportedTcb), RefusalReason.CertificateTcbMismatch, $"{certified}", $"{reported}",
            $"The report is of TCB {reported} and the certificate of TCB {certified}: fetch the certificate for the reported TCB.");
    }

    private static Finding CertificateIsOfThisChip(SnpAttempt attempt)
    {
        if (attempt.Chip is not { } chip)
        {
            return Finding.NotReached(NeedsCertificate);
        }

        if (chip.Kind == SnpSigningKey.Vlek)
        {
            return Finding.Passed("any chip of the provider", $"a VLEK of {chip.Provider ?? "a provider that it does not name"}, which is for many chips");
        }

        int length = chip.Product == SnpProduct.Turin ? SnpReport.TurinChipIdSize : SnpReport.ChipIdSize;
        if (chip.HardwareId is not { } id || id.Length != length)
        {
            return Finding.Failed(RefusalReason.ChipIdMismatch, $"a hardware id of {length} bytes", "none", "The chip's certificate has no hardware id of the right length.");
        }

        Span<byte> whole = stackalloc byte[SnpReport.ChipIdSize];
        id.Span.CopyTo(whole);
        bool same = attempt.Report.ChipId.Equals(whole) && id.Span.ContainsAnyExcept((byte)0);
        return Finding.Of(same, RefusalReason.ChipIdMismatch, Convert.ToHexStringLower(whole), $"{attempt.Report.ChipId}",
            "The report's chip is not the one of the certificate, or is masked: the host must show CHIP_ID, or sign with a VLEK.");
    }

    private static Finding ReportedTcbIsCommitted(SnpAttempt attempt)
    {
        (SnpTcb committed, SnpTcb reported) = (attempt.Report.CommittedTcb, attempt.Report.ReportedTcb);
        return Finding.Of(committed.IsAtLeast(reported), RefusalReason.ReportMalformed, $"at least {reported}", $"{committed}",
            $"The report's committed TCB ({committed}) is below its reported TCB ({reported}); firmware that works as specified never says so.");
    }

    private static string Names(CertificatePath path) => $"'{path.Leaf.CommonName}' issued by '{path.Issuer.CommonName}', below '{path.Anchor.Root.CommonName}'";
}
