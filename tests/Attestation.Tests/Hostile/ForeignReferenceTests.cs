using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Nvidia;
using ConfidentialOperator.FakeTee.Nvidia;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Hostile;

/// <summary>Reference values, answers and reports that are genuine, each for something else than it is shown for.</summary>
public sealed class ForeignReferenceTests
{
    private static readonly SoftwareResponder s_responder = new() { ThisUpdate = NvidiaScene.Noon.AddHours(-1), NextUpdate = NvidiaScene.Noon.AddHours(23) };

    /// <summary>The holder of a development root, which was configured for other guests, says what a device of NVIDIA must be.</summary>
    [Fact]
    public void ADevelopmentRootSaysNothingOfADeviceOfNvidia()
    {
        AuthenticDevice made = new NvidiaScene().Authentic();
        var ofNvidia = new CertificatePath(made.Path.Certificates, new TrustAnchor(made.Path.Anchor.Root, Vendor.NvidiaDevice, null, []));
        var device = new AuthenticDevice(made.Report, ofNvidia, new NvidiaChip(made.Chip));
        Assert.False(device.IsDevelopment);
        GpuPolicy policy = NvidiaScene.Rules with { Development = false, Revocation = Expect.Waived<GpuRevocation>("not this") };
        DeviceCollateral collateral = DeviceCollateral.Read(References(), NvidiaScene.Roots);
        IReadOnlyList<RuleResult> results = new DeviceAppraisal(policy, NvidiaScene.Nonce, collateral, NvidiaScene.Noon).Appraise(device, "gpu0");
        RuleResult[] failed = [.. results.Where(result => result.Outcome == RuleOutcome.Failed)];
        Assert.Equal(["rim-development-root", "rim-development-root"], failed.Select(result => result.Rule));
        Assert.All(failed, result => Assert.Equal(RefusalReason.DevelopmentRootNotAccepted, result.Reason));
        Assert.All(results.Where(result => result.Rule == "rim-measurements"), result => Assert.Equal(RuleOutcome.NotReached, result.Outcome));
    }

    [Fact]
    public void ReferenceValuesOfAnotherVersionOrChipAreNone()
    {
        foreach (SoftwareRim driver in new[] { NvidiaScene.DriverRim with { Version = "550.90.08" }, NvidiaScene.VbiosRim })
        {
            Collateral[] collateral = [new(DeviceVerifier.DriverRimKind, NvidiaScene.Signer.Sign(driver)), .. References()[1..], .. Answers(NvidiaScene.Gpu)];
            Assert.Equal(RefusalReason.ReferenceValuesMismatch, Verify([new NvidiaScene().Attest()], collateral).Refusal!.Reason);
        }
    }

    [Fact]
    public void AnswersAboutAnotherDeviceAreNoAnswers()
    {
        SoftwareDevice other = NvidiaScene.Pki.MakeDevice();
        DeviceVerdict verdict = Verify([new NvidiaScene().Attest()], [.. References(), .. Answers(other)]);
        Assert.Equal((RefusalReason.RevocationListInvalid, "ocsp-answer"), First(verdict));
    }

    /// <summary>The first device's verdict remembers who signed; the second asks at another time, and for another certificate.</summary>
    [Fact]
    public void WhatARememberedSignerSaidRunsOutAllTheSame()
    {
        TrustRoots roots = NvidiaScene.RootsOf(NvidiaScene.Pki);
        Collateral[] collateral = [.. References(), .. Answers(NvidiaScene.Gpu)];
        Assert.True(Verify([new NvidiaScene().Attest()], collateral, roots).Accepted);
        Assert.Equal((RefusalReason.RevocationListInvalid, "ocsp-time"), First(Verify([new NvidiaScene().Attest()], collateral, roots, NvidiaScene.Noon.AddDays(2))));
        Assert.Equal((RefusalReason.RevocationListInvalid, "ocsp-answer"), First(Verify([new NvidiaScene().Attest()], References(), roots)));
        Assert.Equal((RefusalReason.RevocationListInvalid, "ocsp-answer"),
            First(Verify([new NvidiaScene { Device = NvidiaScene.Pki.MakeDevice() }.Attest()], collateral, roots)));
    }

    [Fact]
    public void ARevocationIsNotLiftedByAnyOtherAnswer()
    {
        IReadOnlyList<SoftwareAuthority> chain = NvidiaScene.Gpu.Chain;
        Collateral revoked = new(DeviceVerifier.OcspKind, (s_responder with { Status = "revoked", ThisUpdate = NvidiaScene.Noon.AddHours(-3) }).Answer(chain[1], chain[2]));
        Assert.Equal((RefusalReason.CertificateRevoked, "ocsp-revoked"), First(Verify([new NvidiaScene().Attest()], [.. References(), .. Answers(NvidiaScene.Gpu), revoked])));
    }

    [Fact]
    public void AnAnswerWithoutAnEndIsNone()
    {
        SoftwareResponder endless = s_responder with { NextUpdate = null };
        DeviceVerdict verdict = Verify([new NvidiaScene().Attest()], [.. References(), .. Answers(NvidiaScene.Gpu, endless)]);
        Assert.Equal((RefusalReason.RevocationListInvalid, "ocsp-time"), First(verdict));
    }

    /// <summary>Checking what nobody may sign ends after a few signatures; the asker's own answers come first and are not crowded out.</summary>
    [Fact]
    public void ManyForgedAnswersDoNotMakeTheSearchLong()
    {
        IReadOnlyList<SoftwareAuthority> chain = NvidiaScene.Gpu.Chain;
        Collateral[] forged = [.. Enumerable.Range(0, 20).Select(_ => new Collateral(DeviceVerifier.OcspKind, (s_responder with { AppointedBy = NvidiaScene.Pki.Root }).Answer(chain[1], chain[2])))];
        TrustRoots fresh = NvidiaScene.RootsOf(NvidiaScene.Pki);
        Assert.True(Verify([new NvidiaScene().Attest()], [.. References(), .. Answers(NvidiaScene.Gpu), .. forged], fresh).Accepted);
        fresh = NvidiaScene.RootsOf(NvidiaScene.Pki);
        Assert.Equal((RefusalReason.RevocationListInvalid, "ocsp-responder"), First(Verify([new NvidiaScene().Attest()], [.. References(), .. forged, .. Answers(NvidiaScene.Gpu)], fresh)));
    }

    [Fact]
    public void ManyForgedReferenceValuesDoNotMakeTheSearchLong()
    {
        SoftwareRimSigner stranger = SoftwareNvidiaPki.Create().MakeRimSigner();
        Collateral[] forged = [.. Enumerable.Range(0, 8).Select(number =>
            new Collateral(DeviceVerifier.DriverRimKind, stranger.Sign(NvidiaScene.DriverRim with { Active = SoftwareRim.Matching(number) })))];
        Collateral[] good = [.. References(), .. Answers(NvidiaScene.Gpu)];
        Assert.True(Verify([new NvidiaScene().Attest()], [.. good, .. forged]).Accepted);
        Assert.Equal((RefusalReason.ChainUntrusted, "rim-chain"), First(Verify([new NvidiaScene().Attest()], [.. forged, .. good])));
        Assert.Equal(4, DeviceCollateral.Read(forged, NvidiaScene.Roots).DriverRims.Count);
    }

    /// <summary>One device signs twice, with fresh nonces and in two entries: its boot ROM's key is one.</summary>
    [Fact]
    public void OneDeviceIsNotTwo()
    {
        GpuPolicy policy = NvidiaScene.Rules with { Count = new GpuCount(2, 0) };
        DeviceVerdict verdict = Verify([new NvidiaScene().Attest(), new NvidiaScene().Attest()], [.. References(), .. Answers(NvidiaScene.Gpu)], policy: policy);
        Assert.Equal((RefusalReason.DeviceRepeated, "devices-distinct"), First(verdict));
    }

    [Fact]
    public void AReportForAnotherGuestIsRefused()
    {
        NvidiaDeviceEvidence replayed = new NvidiaScene { Report = report => report with { Nonce = ByteString.Sha256("another keyset"u8) } }.Attest();
        Assert.Equal((RefusalReason.NonceMismatch, "device-nonce"), First(Verify([replayed], [.. References(), .. Answers(NvidiaScene.Gpu)])));
    }

    private static (RefusalReason Reason, string Rule) First(DeviceVerdict verdict)
    {
        Assert.False(verdict.Accepted);
        RuleResult first = verdict.Results.First(result => result.Outcome == RuleOutcome.Failed);
        return (first.Reason, first.Rule);
    }

    private static DeviceVerdict Verify(
        IReadOnlyList<NvidiaDeviceEvidence> devices, Collateral[] collateral, TrustRoots? roots = null, DateTimeOffset? now = null, GpuPolicy? policy = null) =>
        DeviceVerifier.Verify(devices, policy ?? NvidiaScene.Rules, NvidiaScene.Nonce, collateral, roots ?? NvidiaScene.Roots, now ?? NvidiaScene.Noon);

    private static Collateral[] References() =>
        [new(DeviceVerifier.DriverRimKind, NvidiaScene.Signer.Sign(NvidiaScene.DriverRim)), new(DeviceVerifier.VbiosRimKind, NvidiaScene.Signer.Sign(NvidiaScene.VbiosRim))];

    private static Collateral[] Answers(SoftwareDevice device, SoftwareResponder? responder = null) => [.. Of(device.Chain, 1, responder), .. Of(NvidiaScene.Signer.Chain, 0, responder)];

    private static IEnumerable<Collateral> Of(IReadOnlyList<SoftwareAuthority> chain, int first, SoftwareResponder? responder) => Enumerable.Range(first, chain.Count - 1 - first)
        .Select(at => new Collateral(DeviceVerifier.OcspKind, (responder ?? s_responder).Answer(chain[at], chain[at + 1])));
}
