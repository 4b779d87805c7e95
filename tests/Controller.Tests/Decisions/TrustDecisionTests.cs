using ConfidentialOperator.Controller.Broker;
using ConfidentialOperator.Controller.Reconciling;
using ConfidentialOperator.Controller.Tests.Fixtures;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;

namespace ConfidentialOperator.Controller.Tests.Decisions;

/// <summary>What broker and guests say becomes conditions with the same reason and sentence.</summary>
public sealed class TrustDecisionTests
{
    [Fact]
    public void AServedModelIsReadyAndSteady()
    {
        Decision decision = ModelDecision.Decide(StateBuilder.Served());
        Assert.Empty(decision.Actions);
        Assert.True(decision.Steady);
        Assert.Equal("True/Serving", decision.Condition("Ready"));
        Assert.All(
            ["SpecValid", "PlacementReady", "ModelResolved", "AttestationReady", "WorkloadsReady"],
            type => Assert.Equal("True/Satisfied", decision.Condition(type)));
        Assert.Equal("True/KeyReleased", decision.Condition("KeyReleased"));
        Assert.Equal("2/2", decision.Status!.Attested);
        Assert.Equal(new string('a', 96), decision.Status.Trust!.Measurement);
    }

    [Fact]
    public void ASettledStateDecidesNothing()
    {
        Decision decision = ModelDecision.Decide(StateBuilder.Settled(StateBuilder.Served()));
        Assert.Null(decision.Status);
        Assert.Empty(decision.Actions);
        Assert.Empty(decision.Events);
    }

    [Theory]
    [InlineData("InitDataNotAccepted", "AttestationReady")]
    [InlineData("MeasurementNotAccepted", "AttestationReady")]
    [InlineData("ManifestNotAccepted", "AttestationReady")]
    [InlineData("TcbTooOld", "AttestationReady")]
    [InlineData("DebugAllowed", "AttestationReady")]
    [InlineData("ResourceNotFound", "KeyReleased")]
    [InlineData("ResourceNotOfModel", "KeyReleased")]
    public void ARefusalOfTheBrokerIsShownAsItIs(string reason, string condition)
    {
        ModelState state = StateBuilder.Served();
        ObservedPod refused = state.Pods[1];
        state = state.WithBroker(StateBuilder.Statement(
            StateBuilder.Released(state.Pods[0]), ModelSamples.Outcome(refused.Replica, "Refused", reason, "Expected one thing, found another.")));

        Decision decision = ModelDecision.Decide(state);

        Assert.Equal($"False/{reason}", decision.Condition(condition));
        Assert.Equal("Pod pod-b: Expected one thing, found another.", decision.Sentence(condition));
        Assert.Equal($"False/{reason}", decision.Condition("Ready"));
        Assert.Equal($"True/{reason}", decision.Condition("Stalled"));
        Assert.Equal("False/Satisfied", decision.Condition("Reconciling"));
        Assert.Equal("1/2", decision.Status!.Attested);
        Assert.Contains(decision.Events, note => note.Warning && note.Reason.ToString() == reason);
    }

    [Fact]
    public void AnOutcomeOfAnotherPodDoesNotCount()
    {
        ModelState state = StateBuilder.Served();
        state = state.WithBroker(StateBuilder.Statement(
            StateBuilder.Released(state.Pods[0]), ModelSamples.Outcome("pod-b/another-uid"), ModelSamples.Outcome("gone/uid", "Refused", "DebugAllowed", "No.")));

        Decision decision = ModelDecision.Decide(state);

        Assert.Equal("1/2", decision.Status!.Attested);
        Assert.Equal("Unknown/AwaitingAttestation", decision.Condition("AttestationReady"));
        Assert.Equal("Unknown/AwaitingKey", decision.Condition("KeyReleased"));
        Assert.Equal("True/AwaitingAttestation", decision.Condition("Reconciling"));
    }

    [Fact]
    public void APodThatIsNotReadyIsNotCountedAsAttested()
    {
        ModelState state = StateBuilder.Served();
        state = state with { Pods = [state.Pods[0], state.Pods[1] with { IsReady = false }] };
        Assert.Equal("1/2", ModelDecision.Decide(state).Status!.Attested);
    }

    [Theory]
    [InlineData(RefusalReason.PolicySignatureInvalid)]
    [InlineData(RefusalReason.PolicyExpired)]
    [InlineData(RefusalReason.PolicyRolledBack)]
    [InlineData(RefusalReason.PolicyModelMismatch)]
    [InlineData(RefusalReason.PolicyInvalid)]
    public void ARefusedPolicyStallsTheModel(RefusalReason reason)
    {
        ModelState state = StateBuilder.Served().WithBroker(null, new Refusal(RefusalReason.PolicyNotFound, "None.")) with
        {
            Delivery = new PolicyDelivery(StateBuilder.Envelope.PayloadSha256, new Refusal(reason, "The policy is not good."), StateBuilder.Now),
        };
        Decision decision = ModelDecision.Decide(state);
        Assert.Equal($"False/{reason}", decision.Condition("AttestationReady"));
        Assert.Equal("The policy is not good.", decision.Sentence("Ready"));
        Assert.Equal($"True/{reason}", decision.Condition("Stalled"));
        Assert.DoesNotContain(decision.Actions, action => action is ModelAction.Deliver);
        Assert.Equal(TimeSpan.FromSeconds(30), decision.Again);
    }

    [Fact]
    public void APolicyIsBroughtOnceAndAgainAfterTheRetryTime()
    {
        ModelState state = StateBuilder.Served().WithBroker(null, new Refusal(RefusalReason.PolicyNotFound, "None."));
        Assert.Single(ModelDecision.Decide(state).Actions, action => action is ModelAction.Deliver);
        state = state with { Delivery = new PolicyDelivery(StateBuilder.Envelope.PayloadSha256, null, StateBuilder.Now) };
        Assert.DoesNotContain(ModelDecision.Decide(state).Actions, action => action is ModelAction.Deliver);
        state = state with { Now = StateBuilder.Now.AddSeconds(31) };
        Assert.Single(ModelDecision.Decide(state).Actions, action => action is ModelAction.Deliver);
    }

    [Fact]
    public void AnotherPolicyIsBroughtAtOnce()
    {
        ModelState state = StateBuilder.Served().WithBroker(StateBuilder.Statement() with { PolicySha256 = "another" }) with
        {
            Delivery = new PolicyDelivery("another", null, StateBuilder.Now),
        };
        Assert.Single(ModelDecision.Decide(state).Actions, action => action is ModelAction.Deliver);
    }

    [Fact]
    public void APolicyThatEndedIsNotedAndTheEndIsAwaited()
    {
        ModelState state = StateBuilder.Served();
        Decision before = ModelDecision.Decide(state.WithBroker(state.Statement! with { NotAfter = StateBuilder.Now.ToUnixTimeSeconds() + 60 }));
        Assert.Equal("True/Serving", before.Condition("Ready"));
        Assert.Equal(TimeSpan.FromSeconds(61), before.Again);
        Decision after = ModelDecision.Decide(state.WithBroker(state.Statement! with { NotAfter = StateBuilder.Now.ToUnixTimeSeconds() - 1 }));
        Assert.Equal("False/PolicyExpired", after.Condition("Ready"));
    }

    [Fact]
    public void ABrokerThatIsAwayIsSaidAndDoesNotStall()
    {
        Refusal away = new(RefusalReason.KeyBrokerUnavailable, "The key broker cannot be reached.");
        Decision fresh = ModelDecision.Decide(StateBuilder.Served().WithBroker(null, away));
        Assert.Equal("False/KeyBrokerUnavailable", fresh.Condition("AttestationReady"));
        Assert.Equal("False/Satisfied", fresh.Condition("Stalled"));
        Assert.Equal("True/KeyBrokerUnavailable", fresh.Condition("Reconciling"));
        Assert.DoesNotContain(fresh.Actions, action => action is ModelAction.Deliver);

        ModelState served = StateBuilder.Served();
        Decision known = ModelDecision.Decide(served.WithBroker(served.Statement, away));
        Assert.Equal("Unknown/KeyBrokerUnavailable", known.Condition("Ready"));
        Assert.Equal("True/KeyReleased", known.Condition("KeyReleased"));
        Assert.Equal("2/2", known.Status!.Attested);
    }

    [Theory]
    [InlineData(SidecarPhase.Fetching, RefusalReason.None, "ModelResolved", "Unknown/RollingOut")]
    [InlineData(SidecarPhase.Loading, RefusalReason.None, "WorkloadsReady", "Unknown/LoadingModel")]
    [InlineData(SidecarPhase.Refused, RefusalReason.ManifestDigestMismatch, "ModelResolved", "False/ManifestDigestMismatch")]
    [InlineData(SidecarPhase.Refused, RefusalReason.ChunkCorrupt, "ModelResolved", "False/ChunkCorrupt")]
    [InlineData(SidecarPhase.Refused, RefusalReason.EvidenceUnavailable, "AttestationReady", "False/EvidenceUnavailable")]
    [InlineData(SidecarPhase.Refused, RefusalReason.ModelInvalid, "WorkloadsReady", "False/ModelInvalid")]
    [InlineData(SidecarPhase.Refused, RefusalReason.CallerListInvalid, "WorkloadsReady", "False/CallerListInvalid")]
    public void WhatASidecarWaitsForIsShown(SidecarPhase phase, RefusalReason reason, string condition, string wanted)
    {
        ModelState state = StateBuilder.Served();
        ObservedPod pod = state.Pods[0] with { IsReady = false };
        state = (state with { Pods = [pod] }).WithBroker(StateBuilder.Statement()).WithSidecar(pod, phase, reason);
        Decision decision = ModelDecision.Decide(state);
        Assert.Equal(wanted, decision.Condition(condition));
    }

    [Fact]
    public void WhatAPodLostAfterItsReleaseIsShownUntilItIsReadyAgain()
    {
        ModelState state = StateBuilder.Served().WithSidecar(StateBuilder.Pod("pod-a"), SidecarPhase.Refused, RefusalReason.EvidenceUnavailable);
        Assert.Equal("True/Serving", ModelDecision.Decide(state).Condition("Ready"));
        state = state with { Pods = [state.Pods[0] with { IsReady = false }, state.Pods[1]] };
        Assert.Equal("False/EvidenceUnavailable", ModelDecision.Decide(state).Condition("AttestationReady"));
    }

    [Fact]
    public void ASidecarCannotSayThatItHasTheKey()
    {
        ModelState state = StateBuilder.Served();
        ObservedPod pod = state.Pods[0] with { IsReady = false };
        state = (state with { Pods = [pod] }).WithBroker(StateBuilder.Statement()).WithSidecar(pod, SidecarPhase.Ready);
        Decision decision = ModelDecision.Decide(state);
        Assert.Equal("0/2", decision.Status!.Attested);
        Assert.Equal("Unknown/AwaitingKey", decision.Condition("KeyReleased"));
    }

    [Fact]
    public void AWordThatIsNoReasonBecomesAnInternalErrorAndItsTextIsOneLine()
    {
        ModelState state = StateBuilder.Served();
        state = state.WithBroker(StateBuilder.Statement(
            ModelSamples.Outcome(state.Pods[0].Replica, "Refused", "<script>", "two\nlines" + new string('x', 5000))));
        Decision decision = ModelDecision.Decide(state);
        Assert.DoesNotContain(decision.Status!.Conditions!, condition => condition.Message.Contains('\n') || condition.Message.Length > 1100);
    }
}
