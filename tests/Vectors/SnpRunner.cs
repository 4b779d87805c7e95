using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Vectors;

/// <summary>SEV-SNP: a report with its certificates, and AMD's revocation lists on their own.</summary>
internal sealed class SnpRunner : ITeeRunner
{
    private const string ReportFile = "report.bin";
    private const string ListFile = "ark.crl.der";

    public string Tee => "snp";

    public IReadOnlyDictionary<string, RefusalReason[]> Reasons { get; } = new Dictionary<string, RefusalReason[]>(StringComparer.Ordinal)
    {
        ["bad-certificate"] = [RefusalReason.ChipIdMismatch, RefusalReason.CertificateTcbMismatch],
        ["bad-chain"] = [RefusalReason.ChainUntrusted],
        ["bad-field"] = [RefusalReason.ReportMalformed],
        ["bad-policy"] = [RefusalReason.GuestPolicyNotAccepted],
        ["bad-signature"] = [RefusalReason.SignatureInvalid],
        ["chip-id-mismatch"] = [RefusalReason.ChipIdMismatch],
        ["chip-not-allowed"] = [RefusalReason.ChipNotAccepted],
        ["crl-expired"] = [RefusalReason.RevocationListInvalid],
        ["debug-allowed"] = [RefusalReason.DebugAllowed],
        ["expired"] = [RefusalReason.CertificateExpired],
        ["host-data-mismatch"] = [RefusalReason.InitDataNotAccepted],
        ["id-key-mismatch"] = [RefusalReason.IdKeyNotAccepted],
        ["key-kind-mismatch"] = [RefusalReason.ChainUntrusted],
        ["malformed"] = [RefusalReason.ReportMalformed, RefusalReason.Malformed],
        ["measurement-mismatch"] = [RefusalReason.MeasurementNotAccepted],
        ["migration-allowed"] = [RefusalReason.MigrationAllowed],
        ["missing-endorsement"] = [RefusalReason.ChainUntrusted],
        ["not-yet-valid"] = [RefusalReason.CertificateExpired],
        ["ok-or-reject"] = [RefusalReason.GuestPolicyNotAccepted],
        ["product-mismatch"] = [RefusalReason.ProductUnknown],
        ["report-data-mismatch"] = [RefusalReason.ReportDataMismatch],
        ["revoked"] = [RefusalReason.CertificateRevoked],
        ["smt-not-allowed"] = [RefusalReason.PlatformNotAccepted, RefusalReason.GuestPolicyNotAccepted],
        ["tcb-mismatch"] = [RefusalReason.CertificateTcbMismatch],
        ["tcb-too-low"] = [RefusalReason.TcbTooOld],
        ["unsigned"] = [RefusalReason.SignatureInvalid],
        ["unsupported-algorithm"] = [RefusalReason.ReportMalformed, RefusalReason.Unsupported],
        ["unsupported-version"] = [RefusalReason.ReportMalformed, RefusalReason.Unsupported],
        ["untrusted-root"] = [RefusalReason.ChainUntrusted],
        ["vmpl-not-allowed"] = [RefusalReason.VmplNotAccepted],
    };

    public VectorOutcome Judge(VectorCase given)
    {
        var demands = new SnpDemands(given.Policy);
        if (!given.Files.Has(ReportFile) && given.Files.Find(ListFile) is { } list)
        {
            return JudgeList(list, given);
        }

        if (!SnpReport.TryParse(given.ReadEvidence(ReportFile), out SnpReport? report, out Refusal? refusal))
        {
            return new(refusal);
        }

        // What is stated about a made-up report is what it was made from.
        return Judge(given, report, demands) with { WrongValues = given.Kind.StartsWith("real", StringComparison.Ordinal) ? SnpFacts.Compare(given.Facts, report) : [] };
    }

    private static VectorOutcome Judge(VectorCase given, SnpReport report, SnpDemands demands)
    {
        Collateral[] collateral = [.. given.Files.Names.Where(name => name != ReportFile).Select(name => new Collateral(name, new ByteString(given.Files.Read(name))))];
        Authentication authentication = SnpVerifier.Authenticate(report, SnpEndorsements.Read([], collateral), given.Roots(), given.At, demands.Steps());
        if (authentication.Evidence is not AuthenticSnpReport authentic)
        {
            return VectorOutcome.Of(authentication.Results);
        }

        if (given.CheckAnchor(authentic.IsDevelopment) is { } stranger)
        {
            return new(stranger);
        }

        var inputs = new AppraisalInputs(RecordedOwner.Sign(demands.ToPolicy(report)), demands.ReportData ?? report.ReportData, given.At);
        return VectorOutcome.Of([.. authentic.Results, .. authentic.Appraise(inputs).Where(result => !demands.Tolerates(result.Reason))]);
    }

    private static VectorOutcome JudgeList(byte[] bytes, VectorCase given)
    {
        if (!RevocationList.TryParse(bytes, out RevocationList? list))
        {
            return new(new Refusal(RefusalReason.Malformed, "no revocation list"));
        }

        TrustAnchor? issuer = given.Roots().For(Vendor.Amd).FirstOrDefault(anchor => list.IsFrom(anchor.Root, SignatureScheme.PssSha384));
        return issuer is null ? new(new Refusal(RefusalReason.ChainUntrusted, "no accepted root signed the list"))
            : issuer.Intermediates.Any(list.Revokes) ? new(new Refusal(RefusalReason.CertificateRevoked, "a built-in intermediate is revoked"))
            : list.IsCurrentAt(given.At) ? VectorOutcome.Accepted
            : new(new Refusal(RefusalReason.RevocationListInvalid, $"the list is valid from {list.ThisUpdate:u} to {list.NextUpdate:u}"));
    }
}
