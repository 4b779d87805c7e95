using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Azure;
using ConfidentialOperator.FakeTee.Azure;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.Fuzz.Mutation;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Fuzz.Targets;

/// <summary>Evidence of Azure's confidential VMs: its JSON, its parts, and the verifier behind them.</summary>
internal sealed class AzureTargets : ITargetSource
{
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly AzureEvidence _evidence;
    private readonly TrustRoots _roots;

    public AzureTargets()
    {
        SoftwarePki pki = SoftwarePki.Shared;
        _evidence = new SoftwareParavisor().Attest(new SoftwareAzureGuest
        {
            Hardware = SoftwareAzureGuest.On(pki.MakeChip(), new SoftwareGuest(pki.MakeChip(), LaunchInputs.Development, null).Template),
            ExtraData = ByteString.Sha256("question"u8),
        });
        _roots = TrustRoots.TryWithDevelopment([pki.RootPem], out TrustRoots? roots, out Refusal? refusal) ? roots : throw new InvalidOperationException(refusal.Message);
    }

    public IEnumerable<Target> Make(Corpus corpus)
    {
        byte[] report = _evidence.HclReport.ToArray();
        byte[] quote = _evidence.QuoteMessage.ToArray();
        return
        [
            new("azure-evidence", Shape.Json, corpus.Seeds("azure-snp", "evidence.json", _evidence.ToJson()), bytes => AzureEvidence.TryParse(TeeKind.AzureSnp, bytes, out _, out _)),
            new("azure-td-evidence", Shape.Json, corpus.Seeds("azure-tdx", "evidence.json", (_evidence with { Tee = TeeKind.AzureTdx }).ToJson()),
                bytes => AzureEvidence.TryParse(TeeKind.AzureTdx, bytes, out _, out _)),
            new("azure-hcl-report", Shape.Bytes, corpus.Seeds("azure-snp", "hcl_report.bin", [report, .. corpus.Seeds("azure-tdx", "hcl_report.bin")]), ReadReport),
            new("azure-runtime-data", Shape.Json, [HclReport.TryParse(report, out HclReport? read, out _) ? read.RuntimeData.ToArray() : []], bytes => RuntimeData.Read(bytes, out _) is not null),
            new("azure-quote", Shape.Bytes, corpus.Seeds("azure-snp", "tpm_quote.msg", quote), bytes => TpmQuote.TryParse(bytes, out _, out _)),
            new("azure-verify", Shape.Bytes, [report], bytes => Verify(_evidence with { HclReport = new ByteString(bytes) })) { Verifies = true },
            new("azure-verify-quote", Shape.Bytes, [quote], bytes => Verify(_evidence with { QuoteMessage = new ByteString(bytes) })) { Verifies = true },
        ];
    }

    private static bool ReadReport(byte[] bytes) => HclReport.TryParse(bytes, out HclReport? report, out _) && report.HashRuntimeData().Length > 0;

    /// <summary>Only what nothing signs, and nothing uses, may be altered.</summary>
    private bool Verify(AzureEvidence evidence) => AzureGuestEvidence.TryCreate(evidence, out AzureGuestEvidence? read, out _)
        && AzureVerifier.Authenticate(read, new EvidenceInputs(_roots, s_now)).Evidence is AuthenticAzureGuest guest
        && (evidence.QuoteMessage == _evidence.QuoteMessage && guest.Measurement == LaunchInputs.Development.Measure() && guest.VmId.Length > 0
            ? true : throw new InvalidOperationException("Altered evidence was believed."));
}
