using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.Attestation.Tests.Tdx;
using ConfidentialOperator.FakeTee.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tests.Hostile;

/// <summary>Collateral of Intel that is genuine, but not this platform's, not of now, or not said once; and what a verifier remembers from another guest.</summary>
public sealed class ForeignCollateralTests
{
    private const string OnePlatform = "90c06f000000";
    private static readonly SoftwareTdxCollateral s_good = new(TdxScene.Pki);

    [Theory]
    [InlineData("fmspc", "30606a000000", RefusalReason.CollateralMismatch)]
    [InlineData("pceId", "0001", RefusalReason.CollateralMismatch)]
    [InlineData("id", "SGX", RefusalReason.CollateralMismatch)]
    public void TcbInfoOfAnotherPlatformIsRefused(string member, string value, RefusalReason reason) =>
        Assert.Equal(reason, TdxScene.WithInfo(info => info[member] = value).Authenticate().Refusal!.Reason);

    /// <summary>The guest brings the milder judgement of another kind of platform beside the right one.</summary>
    [Fact]
    public void AMilderJudgementOfAnotherPlatformIsPassedOver()
    {
        Collateral milder = new SoftwareTdxCollateral(TdxScene.Pki) { TcbInfo = info => { info["fmspc"] = "30606a000000"; info["tcbEvaluationDataNumber"] = 99; } }.Make()[0];
        SoftwareTdxCollateral strict = s_good with { TcbInfo = info => info["tcbLevels"]![0]!["tcbStatus"] = "OutOfDate", All = all => [milder, .. all] };
        Authentication authentication = new TdxScene { Collateral = strict }.Authenticate();
        Assert.Equal(TdxTcbStatus.OutOfDate, Assert.IsType<AuthenticTdxQuote>(authentication.Evidence).TcbStatus);
    }

    [Theory]
    [InlineData("root-list", RefusalReason.CollateralMissing)]
    [InlineData("pck-list", RefusalReason.CollateralMissing)]
    [InlineData("tcb-info", RefusalReason.CollateralMissing)]
    [InlineData("qe-identity", RefusalReason.CollateralMissing)]
    [InlineData("tcb-signing", RefusalReason.CollateralMissing)]
    public void EachPieceThatIsLeftOutIsMissed(string kind, RefusalReason reason) =>
        Assert.Equal(reason, With(s_good with { All = all => [.. all.Where(piece => piece.Kind != kind)] }).Refusal!.Reason);

    /// <summary>All of it remembered from a guest that was accepted; the next one brings a piece less.</summary>
    [Theory]
    [InlineData("root-list")]
    [InlineData("pck-list")]
    [InlineData("tcb-info")]
    [InlineData("qe-identity")]
    [InlineData("tcb-signing")]
    public void WhatAnotherGuestBroughtIsNotLentToThisOne(string kind)
    {
        TrustRoots roots = TdxScene.RootsOf(TdxScene.Pki);
        Assert.NotNull(new TdxScene { Roots = roots }.Authenticate().Evidence);
        Authentication second = new TdxScene { Roots = roots, Collateral = s_good with { All = all => [.. all.Where(piece => piece.Kind != kind)] } }.Authenticate();
        Assert.Equal(RefusalReason.CollateralMissing, second.Refusal!.Reason);
    }

    [Fact]
    public void ARememberedCertificateIsRevokedAllTheSame()
    {
        TrustRoots roots = TdxScene.RootsOf(TdxScene.Pki);
        Assert.NotNull(new TdxScene { Roots = roots }.Authenticate().Evidence);
        foreach (SoftwareTdxCollateral revoking in new[] { s_good with { RevokedByAuthority = [TdxScene.Platform.CertificateDer] }, s_good with { RevokedByRoot = [TdxScene.Pki.AuthorityDer] },
            s_good with { RevokedByRoot = [TdxScene.Pki.SignerDer] } })
        {
            Assert.Equal(RefusalReason.CertificateRevoked, new TdxScene { Roots = roots, Collateral = revoking }.Authenticate().Refusal!.Reason);
        }
    }

    /// <summary>What vouches for the attestation key is remembered by all of its bytes: one bit more or less is another thing.</summary>
    [Fact]
    public void ARememberedQuotingEnclaveVouchesForNoOtherKey()
    {
        TrustRoots roots = TdxScene.RootsOf(TdxScene.Pki);
        Assert.NotNull(new TdxScene { Roots = roots }.Authenticate().Evidence);
        Assert.Equal(RefusalReason.SignatureInvalid, new TdxScene { Roots = roots, Signer = TdxScene.Platform, Quote = new SoftwareQuote { Altered = SwapKey } }.Authenticate().Refusal!.Reason);
        Assert.Equal(RefusalReason.SignatureInvalid, new TdxScene { Roots = roots, Quote = new SoftwareQuote { QeReport = report => report[320] ^= 1 } }.Authenticate().Refusal!.Reason);
    }

    [Fact]
    public void CollateralIsNotValidBeforeItsTime()
    {
        DateTimeOffset later = TdxScene.Noon.AddHours(1);
        Assert.Equal(RefusalReason.CollateralExpired, With(s_good with { From = later }).Refusal!.Reason);
        Assert.Equal("tcb-info-time", FirstFailed(TdxScene.WithInfo(info => info["issueDate"] = "2026-05-01T12:00:01Z").Authenticate()));
        Assert.Equal("qe-identity-time", FirstFailed(TdxScene.WithIdentity(identity => identity["issueDate"] = "2026-05-01T12:00:01Z").Authenticate()));
        Assert.Equal("tcb-info-time", FirstFailed(TdxScene.WithInfo(info => info["nextUpdate"] = "2026-05-01T11:59:59Z").Authenticate()));
    }

    [Theory]
    [InlineData("issueDate")]
    [InlineData("nextUpdate")]
    [InlineData("tcbEvaluationDataNumber")]
    [InlineData("tcbLevels")]
    [InlineData("tdxModule")]
    [InlineData("fmspc")]
    public void AStatementWithoutAMemberIsNone(string member) =>
        Assert.Equal(RefusalReason.CollateralInvalid, TdxScene.WithInfo(info => info.Remove(member)).Authenticate().Refusal!.Reason);

    /// <summary>A member that stands twice, inside the signed text or around it, also when it is written with escapes.</summary>
    [Theory]
    [InlineData("\"fmspc\":\"90c06f000000\"", "\"fmspc\":\"000000000000\",\"fmspc\":\"90c06f000000\"")]
    [InlineData("\"fmspc\":\"90c06f000000\"", "\"\\u0066mspc\":\"000000000000\",\"fmspc\":\"90c06f000000\"")]
    [InlineData("{\"tcbInfo\":", "{\"tcbInfo\":{},\"tcbInfo\":")]
    [InlineData("{\"tcbInfo\":", "{\"tcb\\u0049nfo\":{},\"tcbInfo\":")]
    [InlineData(",\"signature\":", ",\"signature\":\"00\",\"signature\":")]
    public void AMemberThatStandsTwiceIsRefused(string written, string twice)
    {
        Assert.Contains(OnePlatform, Encoding.UTF8.GetString(s_good.Make()[0].Data.Span), StringComparison.Ordinal);
        Authentication authentication = With(s_good with { Text = (kind, text) => kind == "tcb-info" ? text.Replace(written, twice, StringComparison.Ordinal) : text });
        Assert.Equal(RefusalReason.CollateralInvalid, authentication.Refusal!.Reason);
    }

    /// <summary>The signed text stays; what is read must be it and nothing beside it.</summary>
    [Fact]
    public void TheTextThatIsReadIsTheTextThatIsSigned()
    {
        string identity = Encoding.UTF8.GetString(s_good.Make()[1].Data.Span)[1..^1];
        Authentication both = With(s_good with { Text = (kind, text) => kind == "tcb-info" ? $"{{{identity.Split(",\"signature\"")[0]},{text[1..]}" : text });
        Assert.NotNull(both.Evidence);
        Authentication altered = With(s_good with { Text = (kind, text) => kind == "tcb-info" ? text.Replace("OutOfDate", "UpToDate", StringComparison.Ordinal) : text });
        Assert.Equal(RefusalReason.CollateralInvalid, altered.Refusal!.Reason);
    }

    [Fact]
    public void AStatementSignedForAnotherPurposeIsNoIdentity()
    {
        Assert.Equal(RefusalReason.CollateralMismatch, TdxScene.WithIdentity(identity => identity["id"] = "QE").Authenticate().Refusal!.Reason);
        Assert.Equal(RefusalReason.CollateralInvalid, TdxScene.WithInfo(info => info["tcbLevels"]![0]!["tcbStatus"] = "Revoked2").Authenticate().Refusal!.Reason);
    }

    private static Authentication With(SoftwareTdxCollateral collateral) => new TdxScene { Collateral = collateral, Roots = TdxScene.RootsOf(TdxScene.Pki) }.Authenticate();

    private static string FirstFailed(Authentication authentication) => authentication.Results.First(result => result.Outcome == RuleOutcome.Failed).Rule;

    /// <summary>Another key in the place of the attestation key, everything else as it was. Header, type and size, body, length, signature, key.</summary>
    private static void SwapKey(byte[] quote)
    {
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECPoint point = other.ExportParameters(false).Q;
        int key = 48 + 6 + BitConverter.ToInt32(quote, 50) + 4 + 64;
        point.X!.CopyTo(quote, key);
        point.Y!.CopyTo(quote, key + 32);
    }
}
