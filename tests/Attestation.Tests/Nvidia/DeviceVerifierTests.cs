using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Nvidia.Ocsp;
using ConfidentialOperator.Attestation.Nvidia.Rim;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.FakeTee.Nvidia;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Nvidia;

/// <summary>The verifier of devices as its callers see it.</summary>
public sealed class DeviceVerifierTests
{
    private static readonly SoftwareResponder s_responder = new() { ThisUpdate = NvidiaScene.Noon.AddHours(-1), NextUpdate = NvidiaScene.Noon.AddHours(23) };

    [Fact]
    public void AGpuWithReferenceValuesAndAnswersIsAccepted()
    {
        DeviceVerdict verdict = Verify([new NvidiaScene().Attest()], Collateral(NvidiaScene.Gpu));
        Assert.Null(verdict.Refusal);
        Assert.True(verdict.Accepted, string.Join('\n', verdict.Results.Where(result => !result.IsFine)));
        Assert.True(verdict.Development);
        AuthenticDevice device = Assert.Single(verdict.Devices);
        Assert.Equal((NvidiaArchitecture.Hopper, NvidiaScene.Driver, NvidiaScene.Vbios, GpuMode.SinglePassthrough), (device.Architecture, device.DriverVersion, device.VbiosVersion, device.Mode));
        Assert.Equal(["devices", "gpu0"], verdict.Results.Select(result => result.Subject).Distinct().Order());
    }

    [Fact]
    public void EvidenceThatIsLeftOutIsMissed()
    {
        DeviceVerdict verdict = Verify([], []);
        Assert.False(verdict.Accepted);
        Assert.Equal(RefusalReason.DeviceEvidenceMissing, verdict.Refusal!.Reason);
    }

    [Fact]
    public void ReferenceValuesAndAnswersThatAreLeftOutAreMissed()
    {
        Collateral[] all = Collateral(NvidiaScene.Gpu);
        Assert.Equal(RefusalReason.ReferenceValuesInvalid, Verify([new NvidiaScene().Attest()], [.. all.Where(entry => entry.Kind != DeviceVerifier.DriverRimKind)]).Refusal!.Reason);
        Assert.Equal(RefusalReason.ReferenceValuesInvalid, Verify([new NvidiaScene().Attest()], [.. all.Where(entry => entry.Kind != DeviceVerifier.VbiosRimKind)]).Refusal!.Reason);
        Assert.Equal(RefusalReason.RevocationListInvalid, Verify([new NvidiaScene().Attest()], [.. all.Where(entry => entry.Kind != DeviceVerifier.OcspKind)]).Refusal!.Reason);
    }

    [Fact]
    public void WaiversShowAndStandForTheirRules()
    {
        GpuPolicy policy = Waive(NvidiaScene.Rules);
        DeviceVerdict verdict = DeviceVerifier.Verify([new NvidiaScene().Attest()], policy, NvidiaScene.Nonce, [], NvidiaScene.Roots, NvidiaScene.Noon);
        Assert.True(verdict.Accepted);
        IRuleList[] waived = [RimSteps.All, RimChecks.All, RimSteps.All, RimChecks.All, OcspChecks.All];
        Assert.Equal(waived.SelectMany(list => list.Rules).Select(rule => rule.Name).Order(),
            verdict.Results.Where(result => result.Outcome == RuleOutcome.Waived).Select(result => result.Rule).Order());
        Assert.Equal(["gpu.driverRim", "gpu.vbiosRim", "gpu.revocation"], policy.Waivers.Select(waiver => waiver.Check));
    }

    [Fact]
    public void ReferenceValuesOfOtherVersionsBesideTheRightOnesDoNoHarm()
    {
        Collateral other = new(DeviceVerifier.DriverRimKind, NvidiaScene.Signer.Sign(NvidiaScene.DriverRim with { Version = "1.0" }));
        Collateral broken = new(DeviceVerifier.DriverRimKind, new ByteString("<a/>"u8));
        Assert.True(Verify([new NvidiaScene().Attest()], [other, broken, .. Collateral(NvidiaScene.Gpu)]).Accepted);
    }

    [Fact]
    public void SeveralDevicesHaveSubjectsOfTheirOwn()
    {
        SoftwareDevice second = NvidiaScene.Pki.MakeDevice();
        NvidiaDeviceEvidence[] devices = [new NvidiaScene().Attest(), new NvidiaScene { Device = second }.Attest(), new NvidiaScene { Device = NvidiaScene.Switch }.Attest()];
        GpuPolicy policy = Waive(NvidiaScene.Rules) with { Count = new GpuCount(2, 1) };
        DeviceVerdict verdict = DeviceVerifier.Verify(devices, policy, NvidiaScene.Nonce, [], NvidiaScene.Roots, NvidiaScene.Noon);
        Assert.True(verdict.Accepted);
        Assert.Equal(["devices", "gpu0", "gpu1", "nvswitch0"], verdict.Results.Select(result => result.Subject).Distinct().Order());
        Assert.Equal(3, verdict.Devices.Select(device => device.Id).Distinct().Count());
    }

    [Fact]
    public void ReferenceValuesAreRememberedAndStillAskedForTheirTime()
    {
        TrustRoots roots = NvidiaScene.RootsOf(NvidiaScene.Pki);
        Collateral[] collateral = Collateral(NvidiaScene.Gpu);
        GpuPolicy policy = NvidiaScene.Rules with { Revocation = Expect.Waived<GpuRevocation>("not this") };
        DeviceVerdict At(DateTimeOffset now) => DeviceVerifier.Verify([new NvidiaScene().Attest()], policy, NvidiaScene.Nonce, collateral, roots, now);
        Assert.True(At(NvidiaScene.Noon).Accepted);
        Assert.True(At(NvidiaScene.Noon).Accepted);
        Assert.Equal(RefusalReason.CertificateExpired, At(new DateTimeOffset(2019, 1, 1, 0, 0, 0, TimeSpan.Zero)).Refusal!.Reason);
    }

    [Theory]
    [InlineData("", RefusalReason.Malformed)]
    [InlineData("{}", RefusalReason.Malformed)]
    [InlineData("[],\"x\":1", RefusalReason.UnknownMember)]
    [InlineData("[]}", RefusalReason.Malformed)]
    [InlineData("[{\"arch\":\"HOPPER\"}]", RefusalReason.MissingMember)]
    [InlineData("[{\"arch\":\"AMPERE\",\"evidence\":\"\",\"certificate\":\"\"}]", RefusalReason.Unsupported)]
    [InlineData("[{\"arch\":\"HOPPER\",\"evidence\":\"!\",\"certificate\":\"\"}]", RefusalReason.Malformed)]
    [InlineData("[{\"arch\":\"HOPPER\",\"evidence\":\"\",\"certificate\":\"\"}]", RefusalReason.ReportMalformed)]
    public void ListsThatAreNoneAreRefused(string list, RefusalReason reason) => Assert.Equal(reason,
        DeviceVerifier.Verify(System.Text.Encoding.UTF8.GetBytes(list), NvidiaScene.Rules, NvidiaScene.Nonce, [], NvidiaScene.Roots, NvidiaScene.Noon).Refusal!.Reason);

    [Fact]
    public void EvidenceIsReadAsItIsWritten()
    {
        NvidiaDeviceEvidence evidence = new NvidiaScene().Attest();
        Assert.True(NvidiaDeviceEvidence.TryParseList(NvidiaDeviceEvidence.ToJsonList([evidence]), out IReadOnlyList<NvidiaDeviceEvidence>? read, out _));
        Assert.Equal(evidence, Assert.Single(read));
        string old = $$"""{"device_evidence_list":[{"arch":"Hopper","uuid":"unknown","evidence":"{{evidence.Report}}","certificate":"{{Convert.ToBase64String(evidence.Certificates.Span)}}"}]}""";
        Assert.True(NvidiaDeviceEvidence.TryParse(System.Text.Encoding.UTF8.GetBytes(old), out read, out _));
        Assert.Equal(evidence, Assert.Single(read));
        Assert.False(NvidiaDeviceEvidence.TryParseList(new byte[NvidiaDeviceEvidence.LongestDocument + 1], out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.TooLarge, refusal.Reason);
    }

    [Fact]
    public void TheNonceIsOfTheQuestionAndTheGuestsKeys()
    {
        byte[] nonce = new byte[32];
        ByteString first = ReportBinding.DeviceNonce(nonce, "keyset"u8);
        Assert.Equal(32, first.Length);
        Assert.NotEqual(first, ReportBinding.DeviceNonce(nonce, "other"u8));
        Assert.NotEqual(first, ReportBinding.DeviceNonce([1, .. nonce[1..]], "keyset"u8));
    }

    private static DeviceVerdict Verify(IReadOnlyList<NvidiaDeviceEvidence> devices, Collateral[] collateral) =>
        DeviceVerifier.Verify(NvidiaDeviceEvidence.ToJsonList(devices), NvidiaScene.Rules, NvidiaScene.Nonce, collateral, NvidiaScene.Roots, NvidiaScene.Noon);

    private static GpuPolicy Waive(GpuPolicy policy) => policy with
    {
        DriverRim = Expect.Waived<GpuReferenceValues>("a test"),
        VbiosRim = Expect.Waived<GpuReferenceValues>("a test"),
        Revocation = Expect.Waived<GpuRevocation>("a test"),
    };

    private static Collateral[] Collateral(SoftwareDevice device) =>
    [
        new(DeviceVerifier.DriverRimKind, NvidiaScene.Signer.Sign(NvidiaScene.DriverRim)),
        new(DeviceVerifier.VbiosRimKind, NvidiaScene.Signer.Sign(NvidiaScene.VbiosRim)),
        .. Answers(device.Chain, 1),
        .. Answers(NvidiaScene.Signer.Chain, 0),
    ];

    private static IEnumerable<Collateral> Answers(IReadOnlyList<SoftwareAuthority> chain, int first) => Enumerable.Range(first, chain.Count - 1 - first)
        .Select(at => new Collateral(DeviceVerifier.OcspKind, s_responder.Answer(chain[at], chain[at + 1])));
}
