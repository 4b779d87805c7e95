using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>The steps from a sound layout to the hardware's word, in their order.</summary>
internal static class SnpSteps
{
    private const string Abi = "AMD 56860, ATTESTATION_REPORT";
    private const string Certificates = "AMD 57230";
    private const int IdSize = 64;
    private const int TurinIdSize = 8;

    public static RuleList<SnpAttempt> All { get; } = new("SEV-SNP: does the hardware vouch for the report?",
        new("certificate-chain", RuleAspect.Genuine, $"{Certificates}, chain ARK, ASK or ASVK, VCEK or VLEK; RFC 5280", ChainLeadsToAnAcceptedRoot, RefusalReason.ChainUntrusted),
        new("signing-key", RuleAspect.Genuine, $"{Abi}.KEY_INFO", KeyIsOfTheStatedKind, RefusalReason.ChainUntrusted, RefusalReason.SignatureInvalid, RefusalReason.ReportMalformed),
        new("certificate-time", RuleAspect.Current, "RFC 5280, 4.1.2.5", CertificatesAreValidNow, RefusalReason.CertificateExpired),
        new("not-revoked", RuleAspect.Genuine, "RFC 5280, 5", IntermediateIsNotRevoked, RefusalReason.CertificateRevoked),
        new("report-signature", RuleAspect.Genuine, $"{Abi}.SIGNATURE", SignatureVerifies, RefusalReason.SignatureInvalid),
        new("report-fields", RuleAspect.Genuine, Abi, FieldsAreInRange, RefusalReason.ReportMalformed),
        new("product", RuleAspect.Genuine, $"{Certificates}, product name; {Abi}.CPUID", ProductsAgree, RefusalReason.ProductUnknown),
        new("certificate-tcb", RuleAspect.Genuine, $"{Certificates}, TCB extensions; {Abi}.REPORTED_TCB", CertificateIsOfTheReportedTcb, RefusalReason.CertificateTcbMismatch),
        new("chip-id", RuleAspect.Genuine, $"{Certificates}, HWID; {Abi}.CHIP_ID", CertificateIsOfThisChip, RefusalReason.ChipIdMismatch),
        new("committed-tcb", RuleAspect.Genuine, $"{Abi}.COMMITTED_TCB", ReportedTcbIsCommitted, RefusalReason.ReportMalformed));

    public static RuleResult NoCertificate(SnpReport report, bool hasUnreadable)
    {
        Finding finding = hasUnreadable
            ? Finding.Failed(RefusalReason.Malformed, "a certificate in DER or PEM", "bytes that are none",
                "A certificate that came with the evidence cannot be read: expected one certificate in DER, or certificates in PEM, and nothing after them.")
            : Finding.Failed(RefusalReason.ChainUntrusted, "the chip's certificate", "none",
                $"No certificate of the chip came with the evidence: fetch the {report.SigningKey.ToString().ToUpperInvariant()} for its reported TCB from AMD's key service.");
        return new Rule<SnpAttempt>("certificate-chain", RuleAspect.Genuine, Certificates, _ => finding).Apply(null!, RuleResult.Cpu);
    }

    private static Finding ChainLeadsToAnAcceptedRoot(SnpAttempt attempt)
    {
        const string Expected = "a root of AMD, or a configured development root";
        if (!CertificateChain.TryBuild(attempt.Leaf, attempt.Endorsements.Authorities, attempt.Roots, out CertificateChain? chain, out Refusal? refusal))
        {
            return Finding.Failed(refusal.Reason, Expected, $"'{attempt.Leaf.CommonName}'", refusal.Message);
        }

        attempt.Chain = chain;
        SnpSigningKey leaf = SnpChipCertificate.KindOf(chain.Leaf.CommonName);
        SnpSigningKey issuer = SnpChipCertificate.KindOf(chain.Intermediate.CommonName);
        return Finding.Of(leaf == issuer && leaf != SnpSigningKey.None, RefusalReason.ChainUntrusted, Expected,
            $"'{chain.Leaf.CommonName}', '{chain.Intermediate.CommonName}', '{chain.Anchor.Root.CommonName}'",
            $"Certificate '{chain.Leaf.CommonName}' is issued by '{chain.Intermediate.CommonName}', which issues certificates of the other kind.");
    }

    private static Finding KeyIsOfTheStatedKind(SnpAttempt attempt)
    {
        SnpSigningKey stated = attempt.Report.SigningKey;
        SnpSigningKey held = SnpChipCertificate.KindOf(attempt.Leaf.CommonName);
        RefusalReason reason = stated switch
        {
            SnpSigningKey.None => RefusalReason.SignatureInvalid,
            SnpSigningKey.Vcek or SnpSigningKey.Vlek => RefusalReason.ChainUntrusted,
            _ => RefusalReason.ReportMalformed,
        };
        return Finding.Of(stated == held, reason, $"{held}", $"{stated}",
            $"The report says that key '{stated}' signed it, and the certificate is of a '{held}': the platform must give the certificate of the key that signed.");
    }

    private static Finding CertificatesAreValidNow(SnpAttempt attempt)
    {
        Certificate leaf = attempt.Chain!.Leaf;
        Refusal? refusal = attempt.Chain.CheckTime(attempt.Now);
        return Finding.Of(refusal is null, RefusalReason.CertificateExpired, $"valid at {attempt.Now:u}", $"{leaf.NotBefore:u} to {leaf.NotAfter:u}",
            refusal?.Message ?? "");
    }

    private static Finding IntermediateIsNotRevoked(SnpAttempt attempt)
    {
        CertificateChain chain = attempt.Chain!;
        RevocationList[] lists = [.. attempt.Endorsements.Lists.Where(list => list.IsFrom(chain.Anchor.Root, SignatureScheme.PssSha384))];
        RevocationList? revoking = lists.FirstOrDefault(list => list.Revokes(chain.Intermediate));
        RevocationList? newest = lists.MaxBy(list => list.ThisUpdate);
        bool isCurrent = newest is not null && newest.IsCurrentAt(attempt.Now);
        string found = newest is null ? "no list that the root signed" : $"a list from {newest.ThisUpdate:u} to {newest.NextUpdate:u}";
        attempt.Revocation = new SnpRevocationFinding(isCurrent, found);

        // A list that has run out cannot prove that nothing was revoked since; what it does name stays revoked.
        return Finding.Of(revoking is null, RefusalReason.CertificateRevoked, "not on a list of the root", found,
            $"Certificate '{chain.Intermediate.CommonName}' is on the revocation list of {revoking?.ThisUpdate:u}: its chips must get certificates of its successor.");
    }

    private static Finding SignatureVerifies(SnpAttempt attempt) => Finding.Of(attempt.IsSigner, RefusalReason.SignatureInvalid,
        "made by the chip's key", attempt.IsSigner ? "made by the chip's key" : "not made by it",
        "The report's signature does not verify under the chip's certificate: the report was altered, or the certificate is another chip's or of another TCB.");

    private static Finding FieldsAreInRange(SnpAttempt attempt)
    {
        string? fault = ReservedFields.FirstFault(attempt.Report);
        return Finding.Of(fault is null, RefusalReason.ReportMalformed, "reserved bytes zero, VMPL known", fault ?? "as expected",
            $"The report is not of the layout of version {attempt.Report.Version}: {fault}.");
    }

    private static Finding ProductsAgree(SnpAttempt attempt)
    {
        if (!SnpChipCertificate.TryRead(attempt.Leaf, out SnpChipCertificate? chip, out Refusal? refusal))
        {
            return Finding.Failed(refusal.Reason, "a VCEK or VLEK certificate", "one without its extensions", refusal.Message);
        }

        attempt.Chip = chip;
        SnpProduct expected = attempt.Chain!.Anchor.Product ?? chip.Product;
        SnpProduct? measured = attempt.Report.Product;
        bool agree = attempt.Report.HasKnownProduct && chip.Product == expected && (measured ?? expected) == expected
            && attempt.Report.IsTurin == (expected == SnpProduct.Turin);
        return Finding.Of(agree, RefusalReason.ProductUnknown, $"{expected}", $"certificate {chip.Product}, processor {attempt.Report.Processor}",
            $"The chain is of {expected}, the certificate of {chip.Product}, and the report's processor is {attempt.Report.Processor}: they must be one product.");
    }

    private static Finding CertificateIsOfTheReportedTcb(SnpAttempt attempt)
    {
        SnpTcb reported = attempt.Report.ReportedTcb;
        if (attempt.Chip!.Tcb is not { } bytes)
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
        if (attempt.Chip!.Kind == SnpSigningKey.Vlek)
        {
            return Finding.Passed("any chip of the provider", "a VLEK, which is for many chips");
        }

        int length = attempt.Chip.Product == SnpProduct.Turin ? TurinIdSize : IdSize;
        if (attempt.Chip.HardwareId is not { } id || id.Length != length)
        {
            return Finding.Failed(RefusalReason.ChipIdMismatch, $"a hardware id of {length} bytes", "none", "The chip's certificate has no hardware id of the right length.");
        }

        byte[] chip = new byte[IdSize];
        id.Span.CopyTo(chip);
        bool same = attempt.Report.ChipId.Equals(chip) && id.Span.ContainsAnyExcept((byte)0);
        return Finding.Of(same, RefusalReason.ChipIdMismatch, Convert.ToHexStringLower(chip), $"{attempt.Report.ChipId}",
            "The report's chip is not the one of the certificate, or is masked: the host must show CHIP_ID, or sign with a VLEK.");
    }

    private static Finding ReportedTcbIsCommitted(SnpAttempt attempt)
    {
        (SnpTcb committed, SnpTcb reported) = (attempt.Report.CommittedTcb, attempt.Report.ReportedTcb);
        return Finding.Of(committed.IsAtLeast(reported), RefusalReason.ReportMalformed, $"at least {reported}", $"{committed}",
            $"The report's committed TCB ({committed}) is below its reported TCB ({reported}); firmware that works as specified never says so.");
    }
}
