using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.Attestation.Tests.Nitro;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Attestation.Tests.Tdx;
using ConfidentialOperator.FakeTee.Nitro;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Hostile;

/// <summary>What is left out, what has run out since, and what was never asked: none of it is a yes.</summary>
public sealed class OmissionTests
{
    private static readonly Expectation<SnpRevocation> s_required = Expect.Required(SnpRevocation.ListRequired);

    [Fact]
    public void ADemandedListIsMissedAlsoWhenTheLastGuestBroughtOne()
    {
        Scene scene = Scene.WithSnp(policy => policy with { Revocation = s_required }) with { Roots = Development.RootsOf(Development.Pki) };
        Assert.True((scene with { Collateral = [List(1)] }).Verify().Accepted);
        Assert.Equal(RefusalReason.RevocationListInvalid, scene.Verify().Appraisal.Refusal!.Reason);
    }

    [Fact]
    public void AListOfAnotherRootIsNoList()
    {
        SoftwarePki stranger = SoftwarePki.Create();
        Collateral list = new("crl", new ByteString(stranger.MakeRevocationList(Scene.Noon.AddDays(-1), Scene.Noon.AddDays(1), false)));
        Scene scene = Scene.WithSnp(policy => policy with { Revocation = s_required }) with { Collateral = [list] };
        Assert.Equal(RefusalReason.RevocationListInvalid, scene.Verify().Appraisal.Refusal!.Reason);
    }

    [Fact]
    public void ARememberedPathIsRevokedAllTheSame()
    {
        var scene = new Scene { Roots = Development.RootsOf(Development.Pki) };
        Assert.True(scene.Verify().Accepted);
        Assert.Equal(RefusalReason.CertificateRevoked, (scene with { Collateral = [List(1, revokes: true)] }).Verify().Appraisal.Refusal!.Reason);
        Assert.Equal(RefusalReason.CertificateExpired, (scene with { Now = new(2049, 1, 1, 0, 0, 1, TimeSpan.Zero) }).Verify().Appraisal.Results.First(result => result.Rule == "certificate-time").Reason);
    }

    /// <summary>A proof does not outlive the list that it rests on.</summary>
    [Fact]
    public void AProofEndsWithTheListThatItRestsOn()
    {
        Verdict<VerifiedGuest> verdict = (Scene.WithSnp(policy => policy with { Revocation = s_required }) with { Collateral = [List(0.01)] }).Verify();
        Assert.True(verdict.Accepted);
        Assert.Equal(Scene.Noon.AddDays(0.01), verdict.Proof.ValidUntil);
    }

    [Fact]
    public void ListsOfNothingAcceptNothing()
    {
        Assert.NotNull(FirstFailed(TdxScene.Demand(policy => policy with { MrTd = [] }), "mrtd"));
        Assert.NotNull(FirstFailed(TdxScene.Demand(policy => policy with { TcbStatuses = [] }), "tcb-status"));
        Assert.NotNull(FirstFailed(TdxScene.Demand(policy => policy with { Rtmr = [] }), "rtmr0"));
        Assert.NotNull(FirstFailed(TdxScene.Demand(policy => policy with { MrSeam = Expect.Required<IReadOnlyList<ByteString>>([]) }), "mrseam"));
    }

    [Fact]
    public void AnEventLogThatIsDemandedIsMissed() =>
        Assert.Equal(RefusalReason.EventLogMismatch, FirstFailed(TdxScene.Demand(policy => policy with { EventLog = Expect.Required(TdxEventLog.Required) }), "event-log-demand")!.Reason);

    /// <summary>The chain is found by its bytes before it is read: one byte or one link less is another chain, and times are asked each time.</summary>
    [Fact]
    public void ARememberedChainOfAnEnclaveIsThatChainOnly()
    {
        Assert.NotNull(new NitroScene().Authenticate().Evidence);
        Assert.NotNull(new NitroScene().Authenticate().Evidence);
        Assert.Equal(RefusalReason.CertificateExpired, new NitroScene { Now = NitroScene.Noon.AddHours(3) }.Authenticate().Refusal!.Reason);
        Assert.Equal(RefusalReason.ChainUntrusted, With(given => (given.Leaf, [.. given.Bundle.Take(given.Bundle.Count - 1)])).Refusal!.Reason);
        Assert.Equal(RefusalReason.ChainUntrusted, With(given => (given.Leaf, [.. given.Bundle.Reverse()])).Refusal!.Reason);
        Assert.Equal(RefusalReason.ChainUntrusted, With(given => (given.Leaf, SoftwareNitroPki.Create().Bundle)).Refusal!.Reason);
        Assert.Equal(RefusalReason.SignatureInvalid, With(given => (NitroScene.Enclave().CertificateDer, given.Bundle)).Refusal!.Reason);
    }

    /// <summary>What could not be judged is open, and nothing open is accepted, whatever it is about.</summary>
    [Fact]
    public void WhatWasNotJudgedIsNotAccepted()
    {
        Verdict<VerifiedGuest> good = new Scene().Verify();
        Assert.True(good.Accepted);
        foreach (RuleAspect aspect in Enum.GetValues<RuleAspect>())
        {
            RuleResult open = good.Appraisal.Results[0] with { Aspect = aspect, Outcome = RuleOutcome.NotReached };
            var appraisal = new Appraisal([.. good.Appraisal.Results, open], good.Appraisal.Evidence, isGenuine: true, good.Appraisal.Policy, Scene.Noon);
            Assert.False(appraisal.Accepted);
            Assert.NotNull(appraisal.Refusal);
        }
    }

    private static Authentication With(Func<(byte[] Leaf, IReadOnlyList<byte[]> Bundle), (byte[] Leaf, IReadOnlyList<byte[]> Bundle)> change) =>
        new NitroScene { Document = document => document with { Certificates = change } }.Authenticate();

    private static Refusal? FirstFailed(TdxScene scene, string rule) => TdxOwnerChecks.All.Apply(scene.ToSubject()).First(result => result.Rule == rule).Refusal;

    private static Collateral List(double days, bool revokes = false) =>
        new("crl", new ByteString(Development.Pki.MakeRevocationList(Scene.Noon.AddDays(-1), Scene.Noon.AddDays(days), revokes)));
}
