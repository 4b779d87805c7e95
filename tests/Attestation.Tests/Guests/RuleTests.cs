using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Guests;

/// <summary>Each rule alone: one thing is wrong, one rule fails with its reason, every other rule still runs and holds.</summary>
public sealed class RuleTests
{
    private static readonly ByteString s_other32 = ByteString.Sha256("other"u8);
    private static readonly ByteString s_other48 = new(new byte[48]);
    private static readonly SnpTcb s_low = new(0, 3, 0, 24, 219);
    private static readonly SoftwareChip s_lowChip = Development.Pki.MakeChip(tcb: s_low);

    private static readonly Dictionary<string, (RefusalReason Reason, Scene Scene)> s_faults = new()
    {
        ["report-data"] = (RefusalReason.ReportDataMismatch, new() { Bytes = bytes => bytes[0x50] ^= 1 }),
        ["policy-time"] = (RefusalReason.PolicyExpired, new() { Policy = policy => policy with { NotAfter = Scene.Noon.AddSeconds(-1) } }),
        ["debug"] = (RefusalReason.DebugAllowed, new() { Report = report => report with { Policy = 0xB0000 } }),
        ["migration"] = (RefusalReason.MigrationAllowed, new() { Report = report => report with { Policy = 0x70000 } }),
        ["guest-policy-bits"] = (RefusalReason.GuestPolicyNotAccepted, new() { Report = report => report with { Policy = 0x30000 | 1UL << 26 } }),
        ["initdata"] = (RefusalReason.InitDataNotAccepted, new() { Policy = policy => policy with { InitDataDigests = [s_other32] } }),
        ["development-root"] = (RefusalReason.DevelopmentRootNotAccepted, Scene.WithSnp(snp => snp with { Development = false })),
        ["measurement"] = (RefusalReason.MeasurementNotAccepted, Scene.WithSnp(snp => snp with { Measurements = [s_other48] })),
        ["vmpl"] = (RefusalReason.VmplNotAccepted, new() { Report = report => report with { Vmpl = 1 } }),
        ["committed-tcb"] = (RefusalReason.ReportMalformed, new() { Report = report => report with { CommittedTcb = s_low } }),
        ["launch-tcb"] = (RefusalReason.TcbTooOld, new() { Bytes = bytes => s_low.Write(bytes.AsSpan(0x1F0, 8), false) }),
        ["revocation"] = (RefusalReason.RevocationListInvalid, Scene.WithSnp(snp => snp with { Revocation = Expect.Required(SnpRevocation.ListRequired) })),
        ["smt"] = (RefusalReason.PlatformNotAccepted, Guest(SamplePolicy.GuestPolicy with { SmtAllowed = false })),
        ["single-socket"] = (RefusalReason.GuestPolicyNotAccepted, Guest(SamplePolicy.GuestPolicy with { SingleSocketRequired = true })),
        ["abi"] = (RefusalReason.GuestPolicyNotAccepted, Guest(SamplePolicy.GuestPolicy with { MinimumAbiMinor = 1 })),
        ["chip"] = (RefusalReason.ChipNotAccepted, Scene.WithSnp(snp => snp with { Chips = Expect.AnyOf<ByteString>(new ByteString(new byte[64])) })),
        ["id-key"] = (RefusalReason.IdKeyNotAccepted, Scene.WithSnp(snp => snp with { IdKeyDigests = Expect.AnyOf<ByteString>() })),
        ["author-key"] = (RefusalReason.IdKeyNotAccepted, Scene.WithSnp(snp => snp with { AuthorKeyDigests = Expect.AnyOf<ByteString>() })),
        ["nonce"] = (RefusalReason.NonceMismatch, new() { Document = document => document with { Nonce = s_other32 } }),
        ["keyset-time"] = (RefusalReason.KeysetMismatch, new() { Keyset = keyset => keyset with { NotAfter = Scene.Noon } }),
        ["keyset-keys"] = (RefusalReason.KeysetMismatch, new() { Keyset = keyset => keyset with { SealingKeys = [] } }),
        ["model"] = (RefusalReason.KeysetMismatch, new() { Policy = policy => policy with { Model = "other" } }),
        ["manifest"] = (RefusalReason.ManifestNotAccepted, new() { Policy = policy => policy with { ManifestDigests = [s_other32] } }),
        ["model-version"] = (RefusalReason.ModelVersionTooOld, new() { Policy = policy => policy with { MinimumModelVersion = 4 } }),
        ["keyset-initdata"] = (RefusalReason.KeysetMismatch, new() { Keyset = keyset => keyset with { InitDataSha256 = s_other32 } }),
        ["certificate-time"] = (RefusalReason.CertificateExpired, new() { Now = new(2049, 1, 1, 0, 0, 1, TimeSpan.Zero) }),
        ["certificate-chain"] = (RefusalReason.ChainUntrusted, new() { Roots = TrustRoots.BuiltIn }),
        ["signing-key"] = (RefusalReason.ChainUntrusted, new() { Bytes = bytes => bytes[0x48] = 1 << 2 }),
        ["report-vmpl"] = (RefusalReason.ReportMalformed, new() { Bytes = bytes => bytes[0x30] = 4 }),
        ["product"] = (RefusalReason.ProductUnknown, new() { Bytes = bytes => bytes[0x189] = 0x11 }),
        ["certificate-tcb"] = (RefusalReason.CertificateTcbMismatch, new() { Report = report => report with { ReportedTcb = s_low } }),
        ["chip-id"] = (RefusalReason.ChipIdMismatch, new() { Report = report => report with { ChipId = new ByteString(new byte[64]) } }),
        ["evidence-kind"] = (RefusalReason.EvidenceKindNotAccepted, new() { Document = document => document with { Tee = TeeKind.Unknown } }),
        ["evidence-format"] = (RefusalReason.Malformed, new() { Document = document => document with { CpuEvidence = new ByteString("{"u8) } }),
        ["not-revoked"] = (RefusalReason.CertificateRevoked, new()
        {
            Collateral = [new Collateral("crl", new ByteString(Development.Pki.MakeRevocationList(Scene.Noon.AddDays(-9), Scene.Noon.AddDays(-2), true)))],
        }),
        ["report-signature"] = (RefusalReason.SignatureInvalid, new() { Chip = Development.Pki.MakeChip(chipId: Development.Chip.ChipId), Document = SignedByAnother }),
    };

    public static TheoryData<string> Faults => [.. s_faults.Keys];

    [Theory]
    [MemberData(nameof(Faults))]
    public void ARuleFailsAloneAndSaysWhy(string rule)
    {
        (RefusalReason reason, Scene scene) = s_faults[rule];
        Verdict<VerifiedGuest> verdict = scene.Verify();
        RuleResult failed = Assert.Single(verdict.Appraisal.Results, result => result.Outcome == RuleOutcome.Failed);
        Assert.Equal((rule, reason), (failed.Rule, failed.Reason));
        Assert.Equal(failed.Refusal, verdict.Appraisal.Refusal);
        Assert.True(failed.Expected.Length > 0 && failed.Found.Length > 0 && failed.Specification.Length > 0);
        Assert.EndsWith(".", failed.Message, StringComparison.Ordinal);
        Assert.False(verdict.Accepted || verdict.Appraisal.Accepted);
        Assert.Null(verdict.Proof);
    }

    [Fact]
    public void ALowTcbFailsEachOfItsRules()
    {
        Verdict<VerifiedGuest> verdict = new Scene { Chip = s_lowChip }.Verify();
        RuleResult[] failed = [.. verdict.Appraisal.Results.Where(result => result.Outcome == RuleOutcome.Failed)];
        Assert.Equal(["reported-tcb", "committed-tcb-minimum", "launch-tcb", "current-tcb"], failed.Select(result => result.Rule));
        Assert.All(failed, result => Assert.Equal(RefusalReason.TcbTooOld, result.Reason));
        Assert.Equal((true, false, true), (verdict.Appraisal.Genuine, verdict.Appraisal.Current, verdict.Appraisal.Expected));
    }

    [Fact]
    public void AProductWithoutAMinimumIsNotAccepted()
    {
        Scene scene = Scene.WithSnp(snp => snp with
        {
            MinimumTcb = Expect.Required<IReadOnlyDictionary<SnpProduct, SnpTcb>>(new Dictionary<SnpProduct, SnpTcb> { [SnpProduct.Turin] = s_low }),
        });
        Assert.Equal(RefusalReason.ProductUnknown, scene.Verify().Appraisal.Refusal!.Reason);
    }

    [Fact]
    public void TheHostCannotSpeakForTheGuest()
    {
        Appraisal appraisal = new Scene { Report = report => report with { Vmpl = uint.MaxValue } }.Verify().Appraisal;
        Assert.Equal(RefusalReason.VmplNotAccepted, appraisal.Refusal!.Reason);
        Assert.Contains("the host", appraisal.Refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>The rules of evidence have suites of their own; here they are asked once more by a client.</summary>
    [Fact]
    public void EveryRuleOfTheKeysetHasAFault()
    {
        string[] elsewhere = ["keyset-policy", "devices"];
        Assert.Empty(KeysetChecks.All.Rules.Select(rule => rule.Name).Except(s_faults.Keys).Except(elsewhere));
    }

    private static Scene Guest(SnpGuestPolicy demand) => Scene.WithSnp(snp => snp with { GuestPolicy = Expect.Required(demand) });

    /// <summary>A report by one chip with the certificate of another, both below the same root.</summary>
    private static AttestationDocument SignedByAnother(AttestationDocument document)
    {
        Assert.True(SnpEvidence.TryParse(document.CpuEvidence.Memory, out SnpEvidence? evidence, out _));
        return document with { CpuEvidence = new ByteString((evidence with { Certificates = Development.Chip.Certificates }).ToJson()) };
    }
}
