using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Azure;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Azure;

/// <summary>The layouts of Azure evidence, its JSON in three versions, and the verdict as a whole.</summary>
public sealed class AzureEvidenceTests
{
    private static readonly AzureEvidence s_good = new AzureScene().Attest();

    [Theory]
    [InlineData(0, (byte)'h', RefusalReason.ReportMalformed, "HCLA")]
    [InlineData(4, 3, RefusalReason.ReportMalformed, "version 3")]
    [InlineData(12, 1, RefusalReason.ReportMalformed, "request type 1")]
    [InlineData(16, 1, RefusalReason.ReportMalformed, "status 1")]
    [InlineData(1219, 1, RefusalReason.ReportMalformed, "sizes at offsets 1216")]
    [InlineData(1220, 2, RefusalReason.ReportMalformed, "data is of version 2")]
    [InlineData(1224, 3, RefusalReason.ReportMalformed, "report is of type 3")]
    [InlineData(1224, 4, RefusalReason.EvidenceKindNotAccepted, "of Tdx")]
    [InlineData(1228, 0, RefusalReason.ReportMalformed, "hash is of type 0")]
    [InlineData(1228, 4, RefusalReason.ReportMalformed, "hash is of type 4")]
    [InlineData(1233, 0xFF, RefusalReason.ReportMalformed, "sizes at offsets 1216")]
    [InlineData(1235, 0xFF, RefusalReason.ReportMalformed, "sizes at offsets 1216")]
    [InlineData(32, 9, RefusalReason.ReportMalformed, "version 9")]
    public void AFieldOfTheParavisorsReportIsRefusedByName(int offset, byte value, RefusalReason reason, string names)
    {
        byte[] report = s_good.HclReport.ToArray();
        report[offset] = value;
        AssertRefused(s_good with { HclReport = new ByteString(report) }, reason, names);
    }

    [Theory]
    [InlineData(0, 0, "ff544347")]
    [InlineData(5, 0x17, "type 8017")]
    [InlineData(6, 1, "before offset 8")]
    [InlineData(42, 1, "before offset 44")]
    [InlineData(104, 2, "selects 2 banks")]
    [InlineData(106, 4, "the first 0004")]
    [InlineData(107, 4, "with 4 bytes")]
    [InlineData(112, 20, "PCR digest")]
    public void AFieldOfTheQuoteIsRefusedByName(int offset, byte value, string names)
    {
        byte[] quote = s_good.QuoteMessage.ToArray();
        quote[offset] = value;
        AssertRefused(s_good with { QuoteMessage = new ByteString(quote) }, RefusalReason.ReportMalformed, names);
    }

    [Fact]
    public void EveryTruncationAndEveryByteMoreIsRefused()
    {
        byte[] quote = s_good.QuoteMessage.ToArray();
        Assert.All(Enumerable.Range(0, quote.Length), length => Assert.False(TpmQuote.TryParse(quote.AsSpan(0, length), out _, out _)));
        Assert.False(TpmQuote.TryParse([.. quote, 0], out _, out _));
        byte[] report = s_good.HclReport.ToArray();
        int end = report.Length - 100;
        Assert.All(Enumerable.Range(0, end), length => Assert.False(HclReport.TryParse(report.AsSpan(0, length), out _, out _)));
        Assert.True(HclReport.TryParse(report.AsSpan(0, end), out _, out _));
        Assert.False(HclReport.TryParse(new byte[64 * 1024 + 1], out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.TooLarge, refusal.Reason);
    }

    [Fact]
    public void PcrsHaveOneNumberAndOneLength()
    {
        AssertRefused(s_good with { Pcrs = [.. s_good.Pcrs.Skip(1)] }, RefusalReason.ReportMalformed, "expected 24 of 32 bytes");
        AssertRefused(s_good with { Pcrs = [.. s_good.Pcrs.Skip(1), new ByteString(new byte[31])] }, RefusalReason.ReportMalformed, "expected 24 of 32 bytes");
    }

    [Theory]
    [InlineData(TeeKind.AzureSnp)]
    [InlineData(TeeKind.AzureTdx)]
    public void EachVersionOfTheJsonSaysTheSame(TeeKind tee)
    {
        AzureEvidence evidence = s_good with { Tee = tee };
        JsonObject second = JsonNode.Parse(evidence.ToJson())!.AsObject();
        JsonObject first = JsonNode.Parse(evidence.ToJson())!.AsObject();
        first["version"] = 1;
        second["hcl_report"] = second["hcl_report"]!.GetValue<string>().TrimEnd('=');
        foreach (JsonObject json in (JsonObject[])[second, first, FirstForm(evidence)])
        {
            Assert.True(AzureEvidence.TryParse(tee, Encoding.UTF8.GetBytes(json.ToJsonString()), out AzureEvidence? read, out Refusal? refusal), refusal?.Message);
            Assert.Equal((evidence.HclReport, evidence.QuoteMessage, evidence.QuoteSignature, evidence.Endorsement), (read.HclReport, read.QuoteMessage, read.QuoteSignature, read.Endorsement));
            Assert.Equal(evidence.Pcrs, read.Pcrs);
        }
    }

    [Theory]
    [InlineData("version", "3", RefusalReason.Malformed)]
    [InlineData("version", "\"2\"", RefusalReason.Malformed)]
    [InlineData("tpm_quote", "null", RefusalReason.Malformed)]
    [InlineData("hcl_report", "\"A\"", RefusalReason.Malformed)]
    [InlineData("hcl_report", "\"AA=\"", RefusalReason.Malformed)]
    [InlineData("hcl_report", "\"AA===\"", RefusalReason.Malformed)]
    [InlineData("hcl_report", "\"+/+/\"", RefusalReason.Malformed)]
    [InlineData("vcek", "7", RefusalReason.Malformed)]
    [InlineData("tpm_quote", """{"message":"a","signature":"","pcrs":[]}""", RefusalReason.Malformed)]
    [InlineData("tpm_quote", """{"message":"","signature":"","pcrs":[]}""", RefusalReason.Malformed)]
    public void AMemberOfAnotherTypeIsRefused(string member, string value, RefusalReason reason)
    {
        JsonObject json = JsonNode.Parse(s_good.ToJson())!.AsObject();
        json[member] = JsonNode.Parse(value);
        Assert.False(AzureEvidence.TryParse(TeeKind.AzureSnp, Encoding.UTF8.GetBytes(json.ToJsonString()), out _, out Refusal? refusal));
        Assert.Equal(reason, refusal.Reason);
    }

    [Theory]
    [InlineData("pcrs", "[[1]]")]
    [InlineData("pcrs", "[7]")]
    [InlineData("pcrs", "7")]
    [InlineData("message", "[256]")]
    [InlineData("message", "\"00\"")]
    public void AMemberOfAnotherTypeInTheFirstFormIsRefused(string member, string value)
    {
        JsonObject json = FirstForm(s_good);
        json["quote"]![member] = JsonNode.Parse(value);
        Assert.False(AzureEvidence.TryParse(TeeKind.AzureSnp, Encoding.UTF8.GetBytes(json.ToJsonString()), out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Malformed, refusal.Reason);
    }

    /// <summary>Through the reader that brokers and clients have, with the rules for the hardware's report among the others.</summary>
    [Theory]
    [InlineData("", RefusalReason.None)]
    [InlineData("question", RefusalReason.ReportDataMismatch)]
    [InlineData("tee", RefusalReason.TeeNotAccepted)]
    [InlineData("measurement", RefusalReason.MeasurementNotAccepted)]
    [InlineData("debug", RefusalReason.DebugAllowed)]
    [InlineData("root", RefusalReason.DevelopmentRootNotAccepted)]
    public void TheVerdictHasTheRulesOfHardwareAndTpm(string change, RefusalReason reason)
    {
        var scene = new AzureScene
        {
            Hardware = report => change == "debug" ? report with { Policy = report.Policy | 1 << 19 } : report,
            Policy = policy => change switch
            {
                "tee" => policy with { AzureSnp = null, Snp = policy.AzureSnp!.Snp },
                "measurement" => policy with { AzureSnp = policy.AzureSnp! with { Snp = policy.AzureSnp.Snp with { Measurements = [new ByteString(new byte[48])] } } },
                "root" => policy with { AzureSnp = policy.AzureSnp! with { Snp = policy.AzureSnp.Snp with { Development = false } } },
                _ => policy,
            },
            Expected = PaddedReportData.Of(change == "question" ? AzureScene.InitData.Span : AzureScene.Challenge.Span),
        };
        Assert.True(EvidenceReader.TryRead(TeeKind.AzureSnp, scene.Attest().ToJson(), out Evidence? evidence, out _));
        AuthenticEvidence? authentic = evidence.Authenticate(new EvidenceInputs(Development.Roots, Scene.Noon)).Evidence;
        Assert.NotNull(authentic);
        AppraisalInputs inputs = scene.Inputs();
        Verdict<AttestedWorkload> verdict = Appraiser.Appraise(authentic, inputs.Policy, inputs.ExpectedReportData, Scene.Noon);
        Assert.Equal(reason, verdict.Appraisal.Refusal?.Reason ?? RefusalReason.None);
        Assert.Contains("\"secureBoot\":true", Encoding.UTF8.GetString(verdict.Appraisal.ToJson()), StringComparison.Ordinal);
    }

    [Fact]
    public void InitDataIsShownByAnExtendedRegister()
    {
        AuthenticAzureGuest guest = new AzureScene().Authentic();
        Assert.Equal((true, false), (guest.ShowsInitData(AzureScene.InitData), guest.ShowsInitData(AzureScene.Challenge)));
        Assert.Equal(("26F8BC30-774E-4290-8E7A-535F3B672AEE", "Azure, Milan"), (guest.VmId, guest.Platform));
        Assert.False(new AzureScene { Guest = given => given with { Selection = 1 } }.Authentic().ShowsInitData(AzureScene.InitData));
    }

    [Fact]
    public void APolicyNamesEachPcrOrTheOthers()
    {
        TrustPolicy policy = new AzureScene().Inputs().Policy.Policy;
        JsonObject json = JsonNode.Parse(policy.ToJson())!.AsObject();
        JsonObject pcrs = json["tee"]!["az-snp-vtpm"]!["pcrs"]!.AsObject();
        Assert.Equal(24, pcrs.Count);
        Assert.Equal(16, policy.Waivers.Count(waiver => waiver.Check.StartsWith("az-snp-vtpm.pcrs.", StringComparison.Ordinal)));
        pcrs.Remove("23");
        AssertPolicy(json, "'tee.az-snp-vtpm.pcrs.23' is missing");
        pcrs["others"] = new JsonObject { ["waived"] = "a test" };
        AssertPolicy(json, null);
        pcrs["others"] = new JsonObject { ["anyOf"] = new JsonArray() };
        AssertPolicy(json, "'tee.az-snp-vtpm.pcrs.others' can only be waived");
        pcrs.Remove("others");
        pcrs["24"] = new JsonObject { ["waived"] = "a test" };
        pcrs["23"] = new JsonObject { ["waived"] = "a test" };
        AssertPolicy(json, "'tee.az-snp-vtpm.pcrs.24' is not a known member");
    }

    private static void AssertPolicy(JsonObject json, string? names)
    {
        bool read = TrustPolicy.TryParse(Encoding.UTF8.GetBytes(json.ToJsonString()), out _, out Refusal? refusal);
        Assert.Equal(names is null, read);
        Assert.Contains(names ?? "", refusal?.Message ?? "", StringComparison.Ordinal);
    }

    private static void AssertRefused(AzureEvidence evidence, RefusalReason reason, string names)
    {
        Assert.False(AzureGuestEvidence.TryCreate(evidence, out _, out Refusal? refusal));
        Assert.Contains(names, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(reason, refusal.Reason);
    }

    private static JsonObject FirstForm(AzureEvidence evidence)
    {
        bool isSnp = evidence.Tee == TeeKind.AzureSnp;
        return new JsonObject
        {
            [isSnp ? "quote" : "tpm_quote"] = new JsonObject
            {
                ["message"] = Numbers(evidence.QuoteMessage),
                ["signature"] = Numbers(evidence.QuoteSignature),
                ["pcrs"] = new JsonArray([.. evidence.Pcrs.Select(Numbers)]),
            },
            [isSnp ? "report" : "hcl_report"] = Numbers(evidence.HclReport),
            [isSnp ? "vcek" : "td_quote"] = isSnp ? Encoding.ASCII.GetString(evidence.Endorsement.Span) : Numbers(evidence.Endorsement),
        };
    }

    private static JsonNode Numbers(ByteString bytes) => new JsonArray([.. bytes.ToArray().Select(value => (JsonNode)value)]);
}
