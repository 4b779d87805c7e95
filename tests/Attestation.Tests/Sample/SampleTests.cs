using ConfidentialOperator.Attestation.Sample;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Sample;

/// <summary>Sample evidence proves nothing: two people must say that they know, whoever asks and whoever owns the model.</summary>
public sealed class SampleTests
{
    private static readonly ByteString s_question = PaddedReportData.Of(ByteString.Sha256("question"u8).Span);
    private static readonly byte[] s_json = new SampleEvidence { Svn = "1", ReportData = ByteString.Sha256("question"u8) }.ToJson();

    [Theory]
    [InlineData(false, true, RefusalReason.EvidenceKindNotAccepted)]
    [InlineData(true, null, RefusalReason.TeeNotAccepted)]
    [InlineData(true, false, RefusalReason.DevelopmentRootNotAccepted)]
    [InlineData(true, true, RefusalReason.None)]
    public void AskerAndOwnerBothLetItThrough(bool asker, bool? owner, RefusalReason reason)
    {
        Assert.True(EvidenceReader.TryRead(TeeKind.Sample, s_json, out Evidence? evidence, out _));
        TrustPolicy policy = SamplePolicy.Make(Scene.Noon.AddYears(1), ByteString.Sha256(""u8), Scene.Manifest) with
        {
            Snp = null,
            Sample = owner is null ? null : new SampleTeePolicy { Development = owner.Value },
        };
        var inputs = new EvidenceInputs(TrustRoots.BuiltIn, Scene.Noon) { AllowSample = asker };
        Refusal? refusal = Appraiser.TryAuthenticate(evidence, s_question, inputs, out AuthenticEvidence? sample, out Refusal? stopped)
            ? Appraiser.Appraise(sample, Owner.Sign(policy), s_question, Scene.Noon).Appraisal.Refusal : stopped;
        Assert.Equal(reason, refusal?.Reason ?? RefusalReason.None);
        Assert.True(sample?.IsDevelopment ?? true);
    }

    [Fact]
    public void ItMustAnswerTheQuestionAllTheSame()
    {
        Assert.True(EvidenceReader.TryRead(TeeKind.Sample, s_json, out Evidence? evidence, out _));
        var inputs = new EvidenceInputs(TrustRoots.BuiltIn, Scene.Noon) { AllowSample = true };
        Assert.False(Appraiser.TryAuthenticate(evidence, PaddedReportData.Of(ByteString.Sha256("other"u8).Span), inputs, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.ReportDataMismatch, refusal.Reason);
    }

    [Theory]
    [InlineData("""{"svn":"1"}""", RefusalReason.None)]
    [InlineData("""{"svn":"1","report_data":"","more":[]}""", RefusalReason.None)]
    [InlineData("""{"report_data":""}""", RefusalReason.MissingMember)]
    [InlineData("""{"svn":1}""", RefusalReason.Malformed)]
    [InlineData("""{"svn":"1","report_data":null}""", RefusalReason.Malformed)]
    [InlineData("""{"svn":"1","report_data":"AA"}""", RefusalReason.Malformed)]
    [InlineData("""{"svn":"1","report_data":"="}""", RefusalReason.Malformed)]
    [InlineData("""{"svn":"1","report_data":"=="}""", RefusalReason.Malformed)]
    [InlineData("""{"svn":"1","report_data":"AB=="}""", RefusalReason.Malformed)]
    [InlineData("""{"svn":"1","report_data":"AA== "}""", RefusalReason.Malformed)]
    [InlineData("""{"svn":"1","report_data":"AA=="}""", RefusalReason.None)]
    [InlineData("""{"svn":"1","svn":"1"}""", RefusalReason.DuplicateMember)]
    [InlineData("[]", RefusalReason.Malformed)]
    public void TheFormIsReadStrictly(string json, RefusalReason reason)
    {
        bool read = EvidenceReader.TryRead(TeeKind.Sample, System.Text.Encoding.UTF8.GetBytes(json), out Evidence? evidence, out Refusal? refusal);
        Assert.Equal((reason == RefusalReason.None, reason), (read, refusal?.Reason ?? RefusalReason.None));
        Assert.Equal(read, evidence is SampleClaim { Svn: "1", ReportData.Length: 64 });
    }

    [Fact]
    public void DataThatIsTooLongIsRefused()
    {
        Assert.False(SampleEvidence.TryParse(new SampleEvidence { Svn = "1", ReportData = new ByteString(new byte[65]) }.ToJson(), out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Malformed, refusal.Reason);
    }
}
