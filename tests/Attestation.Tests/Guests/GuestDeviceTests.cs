using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Ear;
using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Attestation.Tests.Nvidia;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Guests;

/// <summary>A guest with a GPU: its owner demands one, the GPU answers the guest's own nonce, and the processor's report binds it.</summary>
public sealed class GuestDeviceTests
{
    private static readonly TrustRoots s_roots = TrustRoots.TryWithDevelopment([Development.Pki.RootPem, NvidiaScene.Pki.RootPem], out TrustRoots? roots, out _)
        ? roots : throw new InvalidOperationException("The roots cannot be used.");

    private static readonly GpuPolicy s_rules = NvidiaScene.Rules with
    {
        DriverRim = Expect.Waived<GpuReferenceValues>("software"),
        VbiosRim = Expect.Waived<GpuReferenceValues>("software"),
        Revocation = Expect.Waived<GpuRevocation>("software"),
    };

    [Fact]
    public void AGuestWithTheDemandedDeviceIsAccepted()
    {
        Verdict<VerifiedGuest> verdict = With(nonce => nonce).Verify();
        Assert.True(verdict.Accepted, verdict.Appraisal.Refusal?.ToString());
        Assert.Equal("gpu0", Assert.Single(verdict.Appraisal.Devices).Subject);
        Assert.Contains(verdict.Appraisal.Results, result => result is { Subject: "gpu0", Rule: "device-nonce", IsFine: true });
        JsonNode gpu = EarClaims.Write(verdict.Appraisal)["submods"]!["gpu0"]!;
        Assert.Equal("warning", gpu["ear.status"]!.GetValue<string>());
        Assert.Equal("GH100", gpu["ear.veraison.annotated-evidence"]!["nvidia"]!["chip"]!.GetValue<string>());
    }

    [Fact]
    public void ADeviceThatAnswersAnotherGuestIsRefused()
    {
        Appraisal appraisal = With(_ => ByteString.Sha256("another guest's nonce"u8)).Verify().Appraisal;
        Assert.Equal(RefusalReason.NonceMismatch, appraisal.Refusal!.Reason);
        Assert.Equal("contraindicated", EarClaims.Write(appraisal)["submods"]!["cpu0"]!["ear.status"]!.GetValue<string>());
    }

    [Fact]
    public void SilenceDoesNotMeetADemandForDevices()
    {
        var scene = new Scene { Roots = s_roots, Policy = policy => policy with { Gpu = s_rules } };
        Assert.Equal(RefusalReason.DeviceEvidenceMissing, scene.Verify().Appraisal.Refusal!.Reason);
        AuthenticEvidence evidence = scene.Verify().Appraisal.Evidence!;
        Appraisal broker = Appraiser.Appraise(evidence, scene.SignedPolicy(), evidence.ReportData, Scene.Noon).Appraisal;
        Assert.Equal(RefusalReason.DeviceEvidenceMissing, broker.Refusal!.Reason);
    }

    [Fact]
    public void ADeviceThatWasAddedOnTheWayIsNotBound()
    {
        Scene scene = With(nonce => nonce);
        ByteString devices = scene.Answer().DeviceEvidence;
        var changed = new Scene { Roots = s_roots, Policy = scene.Policy, Document = document => document with { DeviceEvidence = devices } };
        Assert.Equal(RefusalReason.ReportDataMismatch, changed.Verify().Appraisal.Refusal!.Reason);
    }

    [Fact]
    public void ARootOfTestHardwareIsNotEnoughForADevice()
    {
        Scene scene = With(nonce => nonce) with { Policy = policy => policy with { Gpu = s_rules with { Development = false } } };
        Assert.Equal(RefusalReason.DevelopmentRootNotAccepted, scene.Verify().Appraisal.Refusal!.Reason);
    }

    private static Scene With(Func<ByteString, ByteString> answer) => new()
    {
        Roots = s_roots,
        Policy = policy => policy with { Gpu = s_rules },
        Devices = nonce => new ByteString(NvidiaDeviceEvidence.ToJsonList([(new NvidiaScene { Report = report => report with { Nonce = answer(nonce) } }).Attest()])),
    };
}
