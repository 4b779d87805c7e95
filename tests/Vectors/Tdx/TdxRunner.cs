using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Vectors;

/// <summary>Intel TDX: a quote, and Intel's collateral in files of their own.</summary>
internal sealed class TdxRunner : ITeeRunner
{
    private const string QuoteFile = "quote.bin";
    private const string CollateralFolder = "collateral/";

    public string Tee => "tdx";

    public IReadOnlyDictionary<string, RefusalReason[]> Reasons { get; } = new Dictionary<string, RefusalReason[]>(StringComparer.Ordinal)
    {
        ["ak-not-bound"] = [RefusalReason.SignatureInvalid],
        ["bad-certificate"] = [RefusalReason.ProductUnknown],
        ["bad-chain"] = [RefusalReason.ChainUntrusted],
        ["bad-collateral"] = [RefusalReason.CollateralInvalid],
        ["bad-collateral-signature"] = [RefusalReason.CollateralInvalid],
        ["bad-qe-signature"] = [RefusalReason.SignatureInvalid],
        ["bad-signature"] = [RefusalReason.SignatureInvalid],
        ["bad-td-attributes"] = [RefusalReason.GuestPolicyNotAccepted, RefusalReason.MigrationAllowed],
        ["bad-xfam"] = [RefusalReason.GuestPolicyNotAccepted],
        ["collateral-expired"] = [RefusalReason.CollateralExpired],
        ["collateral-mismatch"] = [RefusalReason.CollateralMismatch],
        ["collateral-not-yet-valid"] = [RefusalReason.CollateralExpired],
        ["debug-td"] = [RefusalReason.DebugAllowed],
        ["expired"] = [RefusalReason.CertificateExpired],
        ["malformed"] = [RefusalReason.ReportMalformed, RefusalReason.TooLarge],
        ["measurement-mismatch"] = [RefusalReason.MeasurementNotAccepted, RefusalReason.ModuleNotAccepted],
        ["missing-collateral"] = [RefusalReason.CollateralMissing],
        ["not-yet-valid"] = [RefusalReason.CertificateExpired],
        ["qe-identity-mismatch"] = [RefusalReason.EnclaveNotAccepted],
        ["report-data-mismatch"] = [RefusalReason.ReportDataMismatch],
        ["revoked"] = [RefusalReason.CertificateRevoked],
        ["tcb-eval-too-low"] = [RefusalReason.TcbTooOld],
        ["tcb-not-supported"] = [RefusalReason.TcbNotSupported],
        ["tcb-out-of-date"] = [RefusalReason.TcbStatusNotAccepted],
        ["tcb-revoked"] = [RefusalReason.TcbRevoked],
        ["tcb-status-not-accepted"] = [RefusalReason.TcbStatusNotAccepted],
        ["tdx-module-mismatch"] = [RefusalReason.ModuleNotAccepted],
        ["unsupported-algorithm"] = [RefusalReason.Unsupported],
        ["unsupported-cert-data"] = [RefusalReason.Unsupported],
        ["unsupported-version"] = [RefusalReason.Unsupported],
        ["untrusted-root"] = [RefusalReason.ChainUntrusted],
        ["wrong-qe-vendor"] = [RefusalReason.EnclaveNotAccepted],
        ["wrong-tee"] = [RefusalReason.EvidenceKindNotAccepted],
    };

    public VectorOutcome Judge(VectorCase given)
    {
        var demands = new TdxDemands(given.Policy);
        if (!TdxQuote.TryParse(given.ReadEvidence(QuoteFile), out TdxQuote? quote, out Refusal? refusal))
        {
            return new(refusal);
        }

        TrustRoots roots = given.Roots();
        var attempt = new TdxAttempt(quote, TdxCollateral.Read([], [.. ReadCollateral(given)], roots.Tdx), roots, given.At);
        TcbEvaluation? evaluation = attempt.Platform?.Evaluation;
        return Judge(given, attempt, roots, demands) with
        {
            TcbStatus = evaluation is null ? null : evaluation.Status?.ToString() ?? "TcbNotSupported",
            WrongValues = given.Kind.StartsWith("real", StringComparison.Ordinal) ? TdxFacts.Compare(given.Facts, attempt) : [],
        };
    }

    private static VectorOutcome Judge(VectorCase given, TdxAttempt attempt, TrustRoots roots, TdxDemands demands)
    {
        Authentication authentication = TdxVerifier.Authenticate(attempt, roots, TdxSteps.All, demands.PlatformSteps);
        if (authentication.Evidence is not AuthenticTdxQuote authentic)
        {
            return VectorOutcome.Of(authentication.Results);
        }

        if (given.CheckAnchor(authentic.IsDevelopment) is { } stranger)
        {
            return new(stranger);
        }

        var inputs = new AppraisalInputs(RecordedOwner.Sign(demands.ToPolicy(authentic)), demands.ReportData ?? authentic.ReportData, given.At);
        return VectorOutcome.Of([.. authentic.Results, .. authentic.Appraise(inputs).Where(result => !demands.Tolerates(result))]);
    }

    private static IEnumerable<Collateral> ReadCollateral(VectorCase given) => given.Files.Names.Where(name => name.StartsWith(CollateralFolder, StringComparison.Ordinal))
        .Select(name => new Collateral(name, new ByteString(given.Files.Read(name))));
}
