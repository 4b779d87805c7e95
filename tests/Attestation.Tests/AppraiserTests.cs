using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests;

/// <summary>The broker's way in: authentic first, then what an owner thinks of it.</summary>
public sealed class AppraiserTests
{
    private static readonly ByteString s_challenge = new(Enumerable.Repeat((byte)5, 48).Concat(new byte[16]).ToArray());

    [Fact]
    public void AnAuthenticGuestUnderItsPolicyIsProven()
    {
        var scene = new Scene();
        Assert.True(TryAuthenticate(scene, s_challenge, out AuthenticEvidence? report, out Refusal? refusal), refusal?.ToString());
        SignedTrustPolicy policy = scene.SignedPolicy();
        Verdict<AttestedWorkload> verdict = Appraiser.Appraise(report, policy, s_challenge, Scene.Noon);
        Assert.True(verdict.Accepted, verdict.Appraisal.Refusal?.ToString());
        Assert.Same(policy, verdict.Proof.Policy);
        Assert.Same(report, verdict.Proof.Evidence);
        Assert.True(verdict.Proof.Development);
    }

    [Fact]
    public void ARefusedGuestHasNoProof()
    {
        Scene scene = Scene.WithSnp(snp => snp with { Vmpl = [1] });
        Assert.True(TryAuthenticate(scene, s_challenge, out AuthenticEvidence? report, out _));
        Verdict<AttestedWorkload> verdict = Appraiser.Appraise(report, scene.SignedPolicy(), s_challenge, Scene.Noon);
        Assert.Null(verdict.Proof);
        Assert.Equal(RefusalReason.VmplNotAccepted, verdict.Appraisal.Refusal!.Reason);
    }

    [Fact]
    public void AnotherChallengeIsNotAnswered()
    {
        ByteString other = new(Enumerable.Repeat((byte)6, 48).Concat(new byte[16]).ToArray());
        Assert.False(TryAuthenticate(new Scene(), other, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.ReportDataMismatch, refusal.Reason);
    }

    [Fact]
    public void AReportForAClientIsNoAnswerForABroker()
    {
        AttestationDocument document = new Scene().Answer();
        Assert.True(SnpEvidence.TryParse(document.CpuEvidence.Memory, out SnpEvidence? evidence, out _));
        Assert.False(TryAuthenticate(evidence, [], out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.ReportDataMismatch, refusal.Reason);
    }

    [Fact]
    public void EvidenceWithoutCertificatesNeedsThemAsCollateral()
    {
        var evidence = new SnpEvidence { Report = new Scene().Sign(s_challenge) };
        Assert.False(TryAuthenticate(evidence, [], out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.ChainUntrusted, refusal.Reason);
        Assert.Contains("VCEK", refusal.Message, StringComparison.Ordinal);
        Collateral[] collateral = [new("vcek", new ByteString(Development.Chip.CertificateDer)),
            new("chain", new ByteString(System.Text.Encoding.ASCII.GetBytes(Development.Pki.ChainPem)))];
        Assert.True(TryAuthenticate(evidence, collateral, out _, out refusal), refusal?.ToString());
    }

    [Fact]
    public void EvidenceOfAnyOtherLengthIsRefused()
    {
        var evidence = new SnpEvidence { Report = new ByteString(new byte[1183]) };
        Assert.False(TryAuthenticate(evidence, [], out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.ReportMalformed, refusal.Reason);
    }

    [Fact]
    public void EvidenceAboveAMebibyteIsNotRead()
    {
        byte[] json = new byte[EvidenceReader.LongestEvidence + 1];
        Assert.False(EvidenceReader.TryRead(TeeKind.Snp, json, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.TooLarge, refusal.Reason);
    }

    [Fact]
    public void AnUnknownKindIsNotRead()
    {
        Assert.False(EvidenceReader.TryRead(TeeKind.Unknown, "{}"u8.ToArray(), out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.EvidenceKindNotAccepted, refusal.Reason);
    }

    private static bool TryAuthenticate(Scene scene, ByteString expected, [NotNullWhen(true)] out AuthenticEvidence? report, [NotNullWhen(false)] out Refusal? refusal)
    {
        var given = new SnpEvidence { Report = scene.Sign(s_challenge), Certificates = scene.Chip.Certificates };
        Assert.True(SnpReportEvidence.TryCreate(given, out SnpReportEvidence? evidence, out refusal));
        return Appraiser.TryAuthenticate(evidence, expected, new EvidenceInputs(scene.Roots, scene.Now), out report, out refusal);
    }

    private static bool TryAuthenticate(
        SnpEvidence given, Collateral[] own, [NotNullWhen(true)] out AuthenticEvidence? report, [NotNullWhen(false)] out Refusal? refusal)
    {
        report = null;
        return SnpReportEvidence.TryCreate(given, out SnpReportEvidence? evidence, out refusal)
            && Appraiser.TryAuthenticate(evidence, s_challenge, new EvidenceInputs(Development.Roots, Scene.Noon) { Own = own }, out report, out refusal);
    }
}
