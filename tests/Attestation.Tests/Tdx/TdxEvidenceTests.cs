using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.FakeTee.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Tdx;

/// <summary>TDX evidence from its JSON to a verdict, and what is remembered on the way.</summary>
public sealed class TdxEvidenceTests
{
    private static readonly ByteString s_initData = ByteString.Sha256("initdata"u8);
    private static readonly ByteString s_reportData = new([.. Enumerable.Repeat((byte)3, 64)]);

    [Fact]
    public void EvidenceIsVerifiedFromItsJson()
    {
        TrustRoots roots = TdxScene.RootsOf(TdxScene.Pki);
        AuthenticTdxQuote authentic = Authenticate(Json(), roots);
        Assert.Equal(s_reportData, authentic.ReportData);
        Assert.Equal(s_initData, authentic.InitDataDigest);
        Assert.Equal(TdxTcbStatus.UpToDate, authentic.TcbStatus);
        Assert.Equal(new DateTimeOffset(2026, 5, 20, 0, 0, 0, TimeSpan.Zero), authentic.ValidUntil);
        Assert.True(Appraise(authentic, TdxScene.DefaultPolicy() with { Rtmr = Registers(TdxScene.Log) }).Accepted);
        Assert.Equal("90c06f000000", authentic.WriteClaims()["platform"]!["fmspc"]!.GetValue<string>());
    }

    [Fact]
    public void TimesAreAskedEachTimeThoughSignaturesAreRemembered()
    {
        TrustRoots roots = TdxScene.RootsOf(TdxScene.Pki);
        IReadOnlyList<Collateral> collateral = new SoftwareTdxCollateral(TdxScene.Pki).Make();
        Authenticate(Json(), roots, collateral);
        Assert.NotNull(Try(Json(), roots, collateral, TdxScene.Noon).Evidence);
        Assert.Equal(RefusalReason.CollateralExpired, Try(Json(), roots, collateral, TdxScene.Noon.AddDays(30)).Refusal!.Reason);
        Assert.Equal(RefusalReason.CollateralMissing, Try(Json(), roots, [], TdxScene.Noon).Refusal!.Reason);
    }

    [Fact]
    public void WhatIsRememberedForOneRootIsNotBelievedUnderAnother()
    {
        IReadOnlyList<Collateral> collateral = new SoftwareTdxCollateral(TdxScene.Pki).Make();
        Authenticate(Json(), TdxScene.RootsOf(TdxScene.Pki), collateral);
        Assert.Equal(RefusalReason.ChainUntrusted, Try(Json(), TrustRoots.BuiltIn, collateral, TdxScene.Noon).Refusal!.Reason);
        Assert.Equal(RefusalReason.ChainUntrusted, Try(Json(), TdxScene.RootsOf(new SoftwareTdxPki()), collateral, TdxScene.Noon).Refusal!.Reason);
    }

    [Fact]
    public void AGuestCannotShowAnOlderJudgementThanTheAskersOwn()
    {
        TrustRoots roots = TdxScene.RootsOf(TdxScene.Pki);
        IReadOnlyList<Collateral> own = new SoftwareTdxCollateral(TdxScene.Pki) { TcbInfo = info => info["tcbLevels"]![0]!["tcbStatus"] = "OutOfDate" }.Make();
        IReadOnlyList<Collateral> older = new SoftwareTdxCollateral(TdxScene.Pki) { TcbInfo = info => info["tcbEvaluationDataNumber"] = 17 }.Make();
        Evidence evidence = Read(Json());
        Authentication both = evidence.Authenticate(new EvidenceInputs(roots, TdxScene.Noon) { Own = own, Collateral = older });
        Assert.Equal(TdxTcbStatus.OutOfDate, Assert.IsType<AuthenticTdxQuote>(both.Evidence).TcbStatus);
    }

    [Theory]
    [InlineData("\"quote\":null")]
    [InlineData("\"quote\":\"*\"")]
    [InlineData("\"quote\":\"AAAA\"")]
    [InlineData("\"quote\":\"\",\"quote\":\"\"")]
    public void WrongJsonIsRefused(string members) =>
        Assert.False(EvidenceReader.TryRead(TeeKind.Tdx, Encoding.UTF8.GetBytes($"{{\"cc_eventlog\":null,{members}}}"), out _, out _));

    [Fact]
    public void InitDataOfAllBytesIsAnother()
    {
        byte[] whole = new byte[48];
        s_initData.Span.CopyTo(whole);
        whole[47] = 1;
        TdxScene scene = TdxScene.With(new SoftwareQuote { MrConfigId = new ByteString(whole) });
        Assert.Equal(48, scene.ToSubject().Authentic.InitDataDigest.Length);
    }

    [Fact]
    public void APolicyIsWrittenAndRead()
    {
        TrustPolicy policy = Policy(TdxScene.DefaultPolicy());
        Assert.True(TrustPolicy.TryParse(policy.ToJson(), out TrustPolicy? read, out Refusal? refusal), refusal?.Message);
        Assert.Equal(policy.ToJson(), read.ToJson());
        Assert.Contains(read.Waivers, waiver => waiver.Check == "tdx.eventLog");
    }

    [Theory]
    [InlineData("tcbStatuses", "[\"Revoked\"]")]
    [InlineData("tcbStatuses", "[\"uptodate\"]")]
    [InlineData("tcbStatuses", "[\"1\"]")]
    [InlineData("tcbStatuses", "[]")]
    [InlineData("mrTd", "[]")]
    [InlineData("mrTd", "{\"waived\":\"no\"}")]
    [InlineData("rtmr2", "{}")]
    [InlineData("rtmr3", "{\"anyOf\":[\"00\"]}")]
    [InlineData("xfam", "{\"anyOf\":[]}")]
    [InlineData("attributes", "{\"septVeDisableRequired\":true}")]
    [InlineData("minimumTcbEvaluationDataNumber", "{\"atLeast\":0}")]
    [InlineData("collateralAge", "{\"seconds\":0}")]
    [InlineData("eventLog", "{\"required\":false}")]
    [InlineData("advisories", "{\"waived\":\" \"}")]
    [InlineData("later", "true")]
    public void AWrongRuleIsRefusedWithItsPath(string member, string value)
    {
        JsonObject policy = JsonNode.Parse(Policy(TdxScene.DefaultPolicy()).ToJson())!.AsObject();
        policy["tee"]!["tdx"]![member] = JsonNode.Parse(value);
        Assert.False(TrustPolicy.TryParse(Encoding.UTF8.GetBytes(policy.ToJsonString()), out _, out Refusal? refusal));
        Assert.Contains($"tee.tdx.{member}", refusal.Message, StringComparison.Ordinal);
    }

    private static byte[] Json() => new TdxEvidence
    {
        Quote = TdxScene.Platform.Sign(new SoftwareQuote { ReportData = s_reportData, MrConfigId = s_initData, Rtmr = [.. TdxScene.Log.Registers] }),
        EventLog = TdxScene.Log.ToArea(),
    }.ToJson();

    private static Evidence Read(byte[] json) => EvidenceReader.TryRead(TeeKind.Tdx, json, out Evidence? evidence, out Refusal? refusal)
        ? evidence : throw new InvalidOperationException(refusal.Message);

    private static Authentication Try(byte[] json, TrustRoots roots, IReadOnlyList<Collateral> collateral, DateTimeOffset now) =>
        Read(json).Authenticate(new EvidenceInputs(roots, now) { Collateral = collateral });

    private static AuthenticTdxQuote Authenticate(byte[] json, TrustRoots roots, IReadOnlyList<Collateral>? collateral = null)
    {
        Authentication authentication = Try(json, roots, collateral ?? new SoftwareTdxCollateral(TdxScene.Pki).Make(), TdxScene.Noon);
        return authentication.Evidence as AuthenticTdxQuote ?? throw new InvalidOperationException(authentication.Refusal?.Message);
    }

    private static IReadOnlyList<Expectation<IReadOnlyList<ByteString>>> Registers(SoftwareEventLog log) => [.. log.Registers.Select(register => Expect.AnyOf(register))];

    private static TrustPolicy Policy(TdxPolicy tdx) =>
        SamplePolicy.Make(TdxScene.Noon.AddDays(1), s_initData, ByteString.Sha256("manifest"u8)) with { Snp = null, Tdx = tdx };

    private static Appraisal Appraise(AuthenticTdxQuote quote, TdxPolicy policy) => Appraiser.Appraise(quote, Owner.Sign(Policy(policy)), s_reportData, TdxScene.Noon).Appraisal;
}
