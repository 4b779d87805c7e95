using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Sample;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Vectors;

/// <summary>The sample evidence of Confidential Containers.</summary>
internal sealed class SampleRunner : ITeeRunner
{
    private const string EvidenceFile = "evidence.json";

    public string Tee => "sample";

    public IReadOnlyDictionary<string, RefusalReason[]> Reasons { get; } = new Dictionary<string, RefusalReason[]>(StringComparer.Ordinal)
    {
        ["malformed"] = [RefusalReason.Malformed, RefusalReason.MissingMember, RefusalReason.DuplicateMember, RefusalReason.TooLarge],
        ["report-data-mismatch"] = [RefusalReason.ReportDataMismatch],
        ["sample-not-allowed"] = [RefusalReason.EvidenceKindNotAccepted],
    };

    public VectorOutcome Judge(VectorCase given)
    {
        bool isAllowed = given.Policy.TakeBoolean("allow_sample") ?? false;
        ByteString? demanded = given.Policy.TakeHex("report_data");
        if (!SampleEvidence.TryParse(given.ReadEvidence(EvidenceFile), out SampleEvidence? evidence, out Refusal? refusal))
        {
            return new(refusal);
        }

        var claim = new SampleClaim(evidence);
        ByteString expected = demanded is null ? claim.ReportData : PaddedReportData.Of(demanded.Span);
        Authentication authentication = SampleVerifier.Authenticate(claim, isAllowed);
        TrustPolicy policy = RecordedOwner.Policy with { Sample = new SampleTeePolicy { Development = true } };
        return VectorOutcome.Of(authentication.Evidence is not { } evident ? authentication.Results
            : [.. authentication.Results, .. evident.Appraise(new AppraisalInputs(RecordedOwner.Sign(policy), expected, given.At))]);
    }
}
