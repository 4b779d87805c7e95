using ConfidentialOperator.Controller.Reconciling;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Controller.Tests.Decisions;

/// <summary>Deletion: pods first, then the broker, then the finalizer, and never for ever.</summary>
public sealed class FarewellTests
{
    private static ModelState Leaving(double secondsAgo)
    {
        ModelState state = StateBuilder.Settled(StateBuilder.Served());
        return state with { Resource = state.Resource with { DeletedAt = StateBuilder.Now.AddSeconds(-secondsAgo) } };
    }

    [Fact]
    public void TheDeploymentGoesFirst()
    {
        Decision decision = ModelDecision.Decide(Leaving(0));
        Assert.IsType<ModelAction.Delete>(Assert.Single(decision.Actions));
        Assert.Equal("False/Deleting", decision.Condition("Ready"));
        Assert.Equal("True/Deleting", decision.Condition("Reconciling"));
        Assert.Equal(RefusalReason.Deleting, Assert.Single(decision.Events).Reason);
    }

    [Fact]
    public void PodsAreAwaited()
    {
        ModelState state = Leaving(5);
        state = state with { Children = [.. state.Children.Select(child => child with { Live = null })] };
        Decision decision = ModelDecision.Decide(state);
        Assert.Empty(decision.Actions);
        Assert.NotNull(decision.Again);
    }

    [Theory]
    [InlineData(5, true, false)]
    [InlineData(61, false, false)]
    [InlineData(121, false, true)]
    public void ThenTheBrokerIsToldAndTheFinalizerGoes(double secondsAgo, bool podsGone, bool overdue)
    {
        ModelState state = Leaving(secondsAgo);
        state = state with { Children = [.. state.Children.Select(child => child with { Live = null })], Pods = podsGone ? [] : state.Pods };
        ModelAction.LetGo action = Assert.IsType<ModelAction.LetGo>(Assert.Single(ModelDecision.Decide(state).Actions));
        Assert.Equal(state.Target, action.Target);
        Assert.Equal(overdue, action.Overdue);
    }

    [Fact]
    public void WithoutOurFinalizerNothingIsDone()
    {
        ModelState state = Leaving(5);
        Assert.Same(Decision.Nothing, ModelDecision.Decide(state with { Resource = state.Resource with { Finalizers = ["others.example/one"] } }));
    }

    [Fact]
    public void ADeploymentOfSomebodyElseIsNotDeleted()
    {
        ModelState state = Leaving(5);
        state = state with
        {
            Pods = [],
            Children = [.. state.Children.Select(child => child with { Live = child.Live! with { OwnerUid = "somebody-else" } })],
        };
        Assert.IsType<ModelAction.LetGo>(Assert.Single(ModelDecision.Decide(state).Actions));
    }
}
