using System.Text.Json;
using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Guests;

public sealed class GuestVerifierTests
{
    [Fact]
    public void AGuestInWhichEverythingIsRightIsAcceptedAndProven()
    {
        var scene = new Scene();
        Verdict<VerifiedGuest> verdict = scene.Verify();
        Assert.True(verdict.Accepted, verdict.Appraisal.Refusal?.ToString());
        Assert.Equal((true, true, true, true), (verdict.Appraisal.Genuine, verdict.Appraisal.Current, verdict.Appraisal.Expected, verdict.Appraisal.Development));
        Assert.Equal(ByteString.Sha256(scene.Answer().Keyset.Span), verdict.Proof.KeysetSha256);
        Assert.Equal(scene.SignedPolicy().Sha256, verdict.Proof.PolicySha256);
        Assert.Equal(Scene.InitData.Sha256, verdict.Proof.InitDataDigest);
        Assert.Equal(Scene.Noon.AddHours(1), verdict.Proof.ValidUntil);
        Assert.True(verdict.Proof.Development);
        Assert.Equal("triage-notes", verdict.Proof.Keyset.Model.Name);
        Assert.All(verdict.Appraisal.Results, result => Assert.True(result.Outcome is RuleOutcome.Passed or RuleOutcome.Waived, result.Rule));
    }

    [Fact]
    public void AWaivedCheckSaysSoWithTheOwnersReason()
    {
        Verdict<VerifiedGuest> verdict = Scene.WithSnp(snp => snp with { GuestPolicy = Expect.Waived<SnpGuestPolicy>("set by the fleet") }).Verify();
        Assert.True(verdict.Accepted);
        string[] waived = [.. verdict.Appraisal.Results.Where(result => result.Outcome == RuleOutcome.Waived).Select(result => result.Rule)];
        Assert.Equal(["launch-mitigations", "current-mitigations", "revocation", "smt", "single-socket", "cxl", "aes-256-xts", "rapl", "ciphertext-hiding", "page-swap", "abi",
            "chip", "provider", "id-key", "author-key", "family-id", "image-id", "guest-svn"], waived);
        Assert.Equal("set by the fleet", verdict.Appraisal.Results.Single(result => result.Rule == "smt").Message);
        Assert.Contains(verdict.Appraisal.Waivers, waiver => waiver is { Check: "guestPolicy", Reason: "set by the fleet" });
    }

    [Fact]
    public void EveryDemandThatIsMetPasses()
    {
        var scene = Scene.WithSnp(snp => snp with
        {
            Mitigations = Expect.Required(new SnpMitigations(0, 0)),
            Chips = Expect.AnyOf(Development.Chip.ChipId),
            Providers = Expect.AnyOf("CN=a.provider.example"),
            FamilyIds = Expect.AnyOf(new ByteString(new byte[16])),
            ImageIds = Expect.AnyOf(new ByteString(new byte[16])),
            MinimumGuestSvn = Expect.Required(new SnpGuestSvn(0)),
            IdKeyDigests = Expect.AnyOf(new ByteString(Enumerable.Repeat((byte)7, 48).ToArray())),
            AuthorKeyDigests = Expect.AnyOf(new ByteString(Enumerable.Repeat((byte)8, 48).ToArray())),
            GuestPolicy = Expect.Required(SamplePolicy.GuestPolicy with { SmtAllowed = false, SingleSocketRequired = true, MinimumAbiMajor = 1, MinimumAbiMinor = 51 }),
            Revocation = Expect.Required(SnpRevocation.ListRequired),
        }) with
        {
            Report = report => report with
            {
                Policy = 0x120133,
                IdKeyDigest = new(Enumerable.Repeat((byte)7, 48).ToArray()),
                AuthorKeyDigest = new(Enumerable.Repeat((byte)8, 48).ToArray()),
            },
            Bytes = bytes => bytes[0x48] = 1,
            Collateral = [new Collateral("crl", new ByteString(Development.Pki.MakeRevocationList(Scene.Noon.AddDays(-1), Scene.Noon.AddDays(1), false)))],
        };
        Verdict<VerifiedGuest> verdict = scene.Verify();
        Assert.True(verdict.Accepted, verdict.Appraisal.Refusal?.ToString());
        Assert.All(verdict.Appraisal.Results, result => Assert.Equal(RuleOutcome.Passed, result.Outcome));
    }

    [Fact]
    public void NoFailureHidesAnother()
    {
        Scene scene = Scene.WithSnp(snp => snp with { Measurements = [new ByteString(new byte[48])], Vmpl = [3] }) with
        {
            Keyset = keyset => keyset with { NotAfter = Scene.Noon, SealingKeys = [] },
        };
        Appraisal appraisal = scene.Verify().Appraisal;
        Assert.Equal(["measurement", "vmpl", "keyset-time", "keyset-keys"],
            appraisal.Results.Where(result => result.Outcome == RuleOutcome.Failed).Select(result => result.Rule));
        Assert.Equal((true, false, false), (appraisal.Genuine, appraisal.Current, appraisal.Expected));
    }

    [Fact]
    public void AnotherPolicyAtTheBrokerIsToldAndNotRefused()
    {
        Scene scene = new() { Keyset = keyset => keyset with { PolicySha256 = null } };
        Verdict<VerifiedGuest> verdict = scene.Verify();
        Assert.True(verdict.Accepted);
        Assert.Equal(RuleOutcome.Noted, verdict.Appraisal.Results.Single(result => result.Rule == "keyset-policy").Outcome);
    }

    [Fact]
    public void AGuestWhoseClockRunsAheadIsBelievedForTwoHoursOnly()
    {
        Verdict<VerifiedGuest> verdict = new Scene { Keyset = keyset => keyset with { NotAfter = Scene.Noon.AddYears(10) } }.Verify();
        Assert.True(verdict.Accepted);
        Assert.Equal(Scene.Noon + VerifiedGuest.Longest, verdict.Proof.ValidUntil);
    }

    [Fact]
    public void AGuestCannotCrowdOutTheRevocationListOfTheClient()
    {
        byte[] old = Development.Pki.MakeRevocationList(Scene.Noon.AddDays(-2), Scene.Noon.AddDays(2), revokesIntermediate: false);
        var scene = new Scene
        {
            Document = document => document with { Collateral = [.. Enumerable.Repeat(new Collateral("crl", new ByteString(old)), 16)] },
            Collateral = [new Collateral("crl", new ByteString(Development.Pki.MakeRevocationList(Scene.Noon.AddDays(-1), Scene.Noon.AddDays(1), revokesIntermediate: true)))],
        };
        Assert.Equal(RefusalReason.CertificateRevoked, scene.Verify().Appraisal.Refusal!.Reason);
        Assert.True((scene with { Collateral = [] }).Verify().Accepted);
    }

    [Fact]
    public void AStrangersNamesCannotPaintOverARefusal()
    {
        const string painted = "\u001b[2J\u001b[32maccepted\r\n\u202e";
        Appraisal appraisal = new Scene { Keyset = keyset => keyset with { Model = keyset.Model with { Name = painted } } }.Verify().Appraisal;
        Assert.False(appraisal.Accepted);
        Assert.Contains("?[2J?[32maccepted???", appraisal.Results.Single(result => result.Rule == "model").Found, StringComparison.Ordinal);
        Assert.All(appraisal.Results, result => Assert.DoesNotContain(result.Expected + result.Found + result.Message, c => char.IsControl(c) || c == '\u202e'));
    }

    [Fact]
    public void AReplicaHasNoControlCharacters() => Assert.Contains(
        new Scene { Keyset = keyset => keyset with { Replica = "\u001b[2J" } }.Verify().Appraisal.Results, result => result is { Rule: "keyset-format", Outcome: RuleOutcome.Failed });

    [Fact]
    public void DevicesAreBoundAndTold()
    {
        // Evidence of devices that was not there when the hardware signed is another document.
        Verdict<VerifiedGuest> verdict = new Scene { Document = document => document with { DeviceEvidence = new ByteString("[{}]"u8) } }.Verify();
        Assert.Equal(RefusalReason.ReportDataMismatch, verdict.Appraisal.Refusal!.Reason);
        Assert.Equal(RuleOutcome.Noted, verdict.Appraisal.Results.Single(result => result.Rule == "devices").Outcome);
    }

    [Fact]
    public void AnotherKeysetThanTheSignedOneIsRefused()
    {
        ByteString other = new((new Scene { Keyset = keyset => keyset with { Replica = "mallory" } }).Answer().Keyset.Span);
        Appraisal appraisal = new Scene { Document = document => document with { Keyset = other } }.Verify().Appraisal;
        Assert.Equal(RefusalReason.ReportDataMismatch, appraisal.Refusal!.Reason);
    }

    [Fact]
    public void AnOldAnswerIsRefusedWhateverNonceItShows()
    {
        AttestationDocument old = new Scene { Nonce = ByteString.Sha256("yesterday"u8) }.Answer();
        Appraisal replayed = new Scene { Document = _ => old }.Verify().Appraisal;
        Assert.Equal(["report-data", "nonce"], replayed.Results.Where(result => result.Outcome == RuleOutcome.Failed).Select(result => result.Rule));
        Appraisal dressed = new Scene { Document = document => old with { Nonce = document.Nonce } }.Verify().Appraisal;
        Assert.Equal(["report-data"], dressed.Results.Where(result => result.Outcome == RuleOutcome.Failed).Select(result => result.Rule));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\u00ff")]
    public void AKeysetThatCannotBeReadIsRefused(string keyset)
    {
        Appraisal appraisal = new Scene { Document = document => document with { Keyset = new ByteString(System.Text.Encoding.Latin1.GetBytes(keyset)) } }.Verify().Appraisal;
        Assert.Contains(appraisal.Results, result => result is { Rule: "keyset-format", Outcome: RuleOutcome.Failed });
        Assert.False(appraisal.Accepted);
    }

    [Fact]
    public void TheVerdictIsAlsoJson()
    {
        using JsonDocument json = JsonDocument.Parse(Scene.WithSnp(snp => snp with { Vmpl = [1] }).Verify().Appraisal.ToJson());
        JsonElement root = json.RootElement;
        Assert.Equal("confidential-operator.dev/appraisal/v1", root.GetProperty("format").GetString());
        Assert.False(root.GetProperty("accepted").GetBoolean());
        Assert.True(root.GetProperty("development").GetBoolean());
        Assert.Equal("VmplNotAccepted", root.GetProperty("reason").GetString());
        Assert.Equal("Milan", root.GetProperty("evidence").GetProperty("product").GetString());
        JsonElement failed = Assert.Single(root.GetProperty("rules").EnumerateArray(), rule => rule.GetProperty("outcome").GetString() == "failed");
        Assert.Equal(("vmpl", "expected", "0"),
            (failed.GetProperty("rule").GetString(), failed.GetProperty("aspect").GetString(), failed.GetProperty("found").GetString()));
        Assert.Equal(9, root.GetProperty("waivers").GetArrayLength());
    }
}
