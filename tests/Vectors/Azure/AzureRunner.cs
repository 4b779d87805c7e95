using System.Text.Json;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Azure;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Vectors;

/// <summary>Confidential VMs of Azure: hardware report, paravisor's report and quote as files of their own; where the form of Confidential Containers is there too, it must say the same.</summary>
internal abstract class AzureRunner : ITeeRunner
{
    protected const string NoDemand = "the case makes no demand";
    private const string EvidenceFile = "evidence.json";

    public abstract string Tee { get; }

    public IReadOnlyDictionary<string, RefusalReason[]> Reasons { get; } = new Dictionary<string, RefusalReason[]>(StringComparer.Ordinal)
    {
        ["bad-chain"] = [RefusalReason.ChainUntrusted],
        ["bad-signature"] = [RefusalReason.SignatureInvalid],
        ["bad-tpm-signature"] = [RefusalReason.SignatureInvalid],
        ["expired"] = [RefusalReason.CertificateExpired],
        ["hcl-binding"] = [RefusalReason.RuntimeDataMismatch],
        ["malformed"] = [RefusalReason.ReportMalformed, RefusalReason.Malformed, RefusalReason.MissingMember, RefusalReason.TooLarge],
        ["measurement-mismatch"] = [RefusalReason.MeasurementNotAccepted],
        ["nonce-mismatch"] = [RefusalReason.ReportDataMismatch],
        ["not-yet-valid"] = [RefusalReason.CertificateExpired],
        ["pcr-mismatch"] = [RefusalReason.PcrMismatch],
        ["untrusted-root"] = [RefusalReason.ChainUntrusted],
        ["vmpl-not-allowed"] = [RefusalReason.VmplNotAccepted],
        ["wrong-tee"] = [RefusalReason.EvidenceKindNotAccepted],
    };

    protected abstract TeeKind Kind { get; }

    /// <summary>Gets the file with the chip's certificate or the TD quote.</summary>
    protected abstract string EndorsementFile { get; }

    public VectorOutcome Judge(VectorCase given)
    {
        ByteString? nonce = given.Policy.TakeHex("nonce");
        bool checkTcb = given.Policy.TakeBoolean("check_tcb") ?? false;
        if (!TryRead(given, out AzureEvidence? read, out Refusal? refusal))
        {
            return new(refusal);
        }

        AzureEvidence files = read!;
        IReadOnlyList<string> wrong = given.Kind.StartsWith("real", StringComparison.Ordinal) ? Compare(given, files) : [];
        if (!AzureGuestEvidence.TryCreate(files, out AzureGuestEvidence? evidence, out refusal))
        {
            return new(refusal) { WrongValues = wrong };
        }

        Authentication authentication = AzureVerifier.Authenticate(evidence, Authenticate(evidence, given, checkTcb));
        if (authentication.Evidence is not AuthenticAzureGuest authentic)
        {
            return VectorOutcome.Of(authentication.Results) with { WrongValues = wrong };
        }

        if (given.CheckAnchor(authentic.IsDevelopment) is { } stranger)
        {
            return new(stranger);
        }

        ByteString expected = nonce is null ? authentic.ReportData : PaddedReportData.Of(nonce.Span);
        var inputs = new AppraisalInputs(RecordedOwner.Sign(ToPolicy(authentic)), expected, given.At);
        return VectorOutcome.Of([.. authentic.Results, .. authentic.Appraise(inputs).Where(result => !IsBeyondTheCase(result, checkTcb))]) with { WrongValues = wrong };
    }

    protected abstract Authentication Authenticate(AzureGuestEvidence evidence, VectorCase given, bool checkTcb);

    protected abstract TrustPolicy ToPolicy(AuthenticAzureGuest authentic);

    /// <summary>Returns whether the set makes no such demand and the product cannot do without it: the initdata is the owner's.</summary>
    protected virtual bool IsBeyondTheCase(RuleResult result, bool checkTcb) => result.Rule == "initdata";

    private bool TryRead(VectorCase given, out AzureEvidence? evidence, out Refusal? refusal)
    {
        evidence = null;
        refusal = null;
        try
        {
            using JsonDocument pcrs = JsonDocument.Parse(given.Files.Read("pcrs.json"));
            evidence = new AzureEvidence
            {
                Tee = Kind,
                HclReport = new ByteString(given.ReadEvidence("hcl_report.bin")),
                QuoteMessage = new ByteString(given.Files.Read("tpm_quote.msg")),
                QuoteSignature = new ByteString(given.Files.Read("tpm_quote.sig")),
                Pcrs = [.. pcrs.RootElement.EnumerateArray().Select(pcr => new ByteString(Convert.FromHexString(pcr.GetString()!)))],
                Endorsement = new ByteString(given.Files.Find(EndorsementFile) ?? []),
            };
            return true;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            refusal = new(RefusalReason.Malformed, $"the PCRs cannot be read: {exception.Message}");
            return false;
        }
    }

    private List<string> Compare(VectorCase given, AzureEvidence files)
    {
        var wrong = new List<string>();
        if (given.Files.Find(EvidenceFile) is { } json)
        {
            if (!AzureEvidence.TryParse(Kind, json, out AzureEvidence? read, out Refusal? refusal))
            {
                return [$"{EvidenceFile} is refused: {refusal.Message}"];
            }

            bool same = read.HclReport == files.HclReport && read.QuoteMessage == files.QuoteMessage && read.QuoteSignature == files.QuoteSignature && read.Pcrs.SequenceEqual(files.Pcrs);
            wrong.AddRange(same ? [] : [$"{EvidenceFile} is read as other parts than the files"]);
        }

        if (given.Facts.TryGetProperty("tpm_quote", out JsonElement facts) && TpmQuote.TryParse(files.QuoteMessage.Span, out TpmQuote? quote, out _))
        {
            Add("extra_data", quote.ExtraData);
            Add("pcr_digest", quote.PcrDigest);
        }

        return wrong;

        void Add(string name, ByteString found)
        {
            if (facts.TryGetProperty(name, out JsonElement fact) && fact.GetString() != found.ToString())
            {
                wrong.Add($"{name} is {fact.GetString()}, read as {found}");
            }
        }
    }
}
