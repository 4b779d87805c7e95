using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Controller.Reconciling;
using ConfidentialOperator.Controller.Tests.Fixtures;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Reading;

namespace ConfidentialOperator.Controller.Tests.Decisions;

/// <summary>What the resource and the cluster must have before anything is made, and what is made then.</summary>
public sealed class SpecDecisionTests
{
    private static ModelState New()
    {
        ModelState state = StateBuilder.Served();
        return state.WithBroker(null, new Refusal(RefusalReason.PolicyNotFound, "None.")) with
        {
            Resource = state.Resource with { Finalizers = [] },
            Pods = [],
            Children = [.. state.Children.Select(child => child with { Live = null })],
        };
    }

    [Fact]
    public void ANewModelIsHeldThenThePolicyIsBroughtThenItsObjectsAreApplied()
    {
        Decision decision = ModelDecision.Decide(New());
        Assert.Equal(
            ["Hold", "Deliver", "Apply", "Apply", "Apply", "Apply", "Apply", "Apply"],
            decision.Actions.Select(action => action.GetType().Name));
        Assert.Equal("Deployment", Assert.IsType<ModelAction.Apply>(decision.Actions[^1]).Child.Type.Kind);
        Assert.Equal("Unknown/RollingOut", decision.Condition("Ready"));
        Assert.Equal("True/RollingOut", decision.Condition("Reconciling"));
        Assert.Equal("0/2", decision.Status!.Attested);
        Assert.Null(decision.Status.Trust);
        EventNote note = Assert.Single(decision.Events);
        Assert.Equal(RefusalReason.RollingOut, note.Reason);
        Assert.False(note.Warning);
    }

    [Fact]
    public void EveryFieldErrorIsInTheMessage()
    {
        ModelState state = New() with
        {
            Model = null,
            Rendered = null,
            Children = [],
            Errors = [new FieldError("spec.runtime.image", "must name the image by digest"), new FieldError("spec.tee.type", "is required")],
        };
        Decision decision = ModelDecision.Decide(state);
        Assert.Empty(decision.Actions);
        Assert.Equal("False/SpecInvalid", decision.Condition("SpecValid"));
        Assert.Equal("spec.runtime.image: must name the image by digest; spec.tee.type: is required", decision.Sentence("Ready"));
        Assert.Equal("True/SpecInvalid", decision.Condition("Stalled"));
        Assert.Equal("Unknown/Pending", decision.Condition("WorkloadsReady"));
    }

    [Fact]
    public void WithoutTheRuntimeClassNothingIsMade()
    {
        Decision decision = ModelDecision.Decide(New() with { RuntimeClassExists = false });
        Assert.Empty(decision.Actions);
        Assert.Equal("False/RuntimeClassNotFound", decision.Condition("PlacementReady"));
        Assert.Contains("kata-qemu-snp", decision.Sentence("Ready"), StringComparison.Ordinal);
    }

    [Fact]
    public void ASourceThatCannotBeFetchedIsSaid()
    {
        Decision decision = ModelDecision.Decide(New() with { ModelSources = ["https"] });
        Assert.Empty(decision.Actions);
        Assert.Equal("False/ModelSourceUnsupported", decision.Condition("ModelResolved"));
        Assert.Equal("True/ModelSourceUnsupported", decision.Condition("Stalled"));
    }

    [Theory]
    [InlineData(RefusalReason.ReferenceNotFound)]
    [InlineData(RefusalReason.TrustPolicyMissing)]
    public void AMissingReferenceIsSaid(RefusalReason reason)
    {
        ModelState state = New() with { Policy = Reference.Missing(reason, "It is not there."), Envelope = null, Observation = null };
        Decision decision = ModelDecision.Decide(state);
        Assert.Empty(decision.Actions);
        Assert.Equal($"False/{reason}", decision.Condition("AttestationReady"));
        Assert.Equal("It is not there.", decision.Sentence("Ready"));
    }

    [Fact]
    public void AnObjectOfSomebodyElseIsLeftAloneAndAllOthersToo()
    {
        ModelState state = StateBuilder.Served();
        ChildState service = state.Children.First(child => child.Type == ResourceType.Services);
        state = New() with
        {
            Children = [.. New().Children.Select(child => child.Key == service.Key && child.Type == service.Type
            ? child with { Live = service.Live! with { OwnerUid = "somebody-else" } }
            : child)]
        };
        Decision decision = ModelDecision.Decide(state);
        Assert.Empty(decision.Actions);
        Assert.Equal("False/NameTaken", decision.Condition("WorkloadsReady"));
        Assert.Contains("Service triage-notes", decision.Sentence("Ready"), StringComparison.Ordinal);
        Assert.NotNull(decision.Again);
    }

    [Fact]
    public void APodWithoutANodeIsSaid()
    {
        ModelState state = StateBuilder.Served();
        state = state with { Pods = [state.Pods[0] with { HasNoNode = true, IsReady = false }] };
        Decision decision = ModelDecision.Decide(state);
        Assert.Equal("False/NoSuitableNode", decision.Condition("PlacementReady"));
        Assert.Equal("False/Satisfied", decision.Condition("Stalled"));
    }

    [Fact]
    public void OnlyWhatDriftedIsApplied()
    {
        ModelState state = StateBuilder.Served();
        ChildState deployment = state.Deployment!;
        JsonObject changed = JsonObject.Create(deployment.Live!.Content!.Value)!;
        changed["spec"]!["replicas"] = 5;
        state = state with
        {
            Children = [.. state.Children.Select(child => child == deployment
            ? child with { Live = OwnedObject.Read(JsonSerializer.SerializeToElement(changed)) }
            : child)]
        };
        ModelAction.Apply action = Assert.IsType<ModelAction.Apply>(Assert.Single(ModelDecision.Decide(state).Actions));
        Assert.Equal(deployment.Key, action.Child.Key);
    }

    [Fact]
    public void AVersionThatWasVerifiedNeedsNoContentButAnotherIntentIsApplied()
    {
        ChildState child = StateBuilder.Served().Deployment!;
        ChildState verified = child with { Live = child.Live!.Verified(), VerifiedVersion = child.Live.Version };
        Assert.True(verified.IsCurrent);
        Assert.False((verified with { Digest = "another" }).IsCurrent);
        Assert.False((verified with { VerifiedVersion = child.Live.Version - 1 }).IsCurrent);
    }

    [Fact]
    public void AnOldGenerationOfTheDeploymentIsNotReady()
    {
        ModelState state = StateBuilder.Served();
        JsonObject old = JsonObject.Create(state.Deployment!.Live!.Content!.Value)!;
        old["metadata"]!["generation"] = 4;
        state = state with
        {
            Children = [.. state.Children.Select(child => child == state.Deployment
            ? child with { Live = OwnedObject.Read(JsonSerializer.SerializeToElement(old)) }
            : child)]
        };
        Assert.Equal("Unknown/RollingOut", ModelDecision.Decide(state).Condition("WorkloadsReady"));
    }

    [Fact]
    public void TimesChangeOnlyWithTheStatusOfACondition()
    {
        ModelState settled = StateBuilder.Settled(StateBuilder.Served());
        ModelState later = settled with { Now = StateBuilder.Now.AddHours(1), Pods = [settled.Pods[0]] };
        ConfidentialModelStatus status = ModelDecision.Decide(later).Status!;
        Assert.NotEqual(Time(status, "Ready"), Time(status, "SpecValid"));
        Assert.Equal("2027-01-15T08:00:00Z", Time(status, "SpecValid"));
        Assert.Equal("2027-01-15T09:00:00Z", Time(status, "Ready"));

        static string Time(ConfidentialModelStatus status, string type) => StatusMaker.Find(status, type)!.LastTransitionTime;
    }

    [Fact]
    public void ConditionsOfOthersNeitherCountNorCauseAWrite()
    {
        ModelState settled = StateBuilder.Settled(StateBuilder.Served());
        ConfidentialModelStatus status = settled.Resource.ReadStatus()!;
        Condition foreign = new() { Type = "Audited", Status = "True", Reason = "Fine", Message = "", LastTransitionTime = "2026-01-01T00:00:00Z" };
        settled = settled with { Resource = StateBuilder.Resource(status with { Conditions = [foreign, .. status.Conditions!.Reverse()] }, settled.Resource) };
        Assert.Null(ModelDecision.Decide(settled).Status);
    }

    [Fact]
    public void NoReplicaWantedIsReadyWithoutAny()
    {
        ModelState state = StateBuilder.Served();
        JsonObject deployment = state.Rendered!.Deployment;
        deployment["spec"]!["replicas"] = 0;
        ChildState child = ChildState.Of(deployment);
        JsonObject live = Intent.Sealed(deployment, child.Digest);
        live["metadata"]!["uid"] = "d";
        live["status"] = ModelSamples.RolledOut(0, 0);
        child = child with { Live = OwnedObject.Read(JsonSerializer.SerializeToElement(live)) };
        state = state with { Pods = [], Children = [.. state.Children.Where(old => old.Type != ResourceType.Deployments), child] };
        Decision decision = ModelDecision.Decide(state.WithBroker(StateBuilder.Statement()));
        Assert.Equal("True/Serving", decision.Condition("Ready"));
        Assert.Equal("0/0", decision.Status!.Attested);
    }
}
