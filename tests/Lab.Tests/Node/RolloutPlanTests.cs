using ConfidentialOperator.Lab.Node.Workloads;

namespace ConfidentialOperator.Lab.Tests.Node;

public sealed class RolloutPlanTests
{
    [Theory]
    [InlineData("25%", 3, true, 1)]
    [InlineData("25%", 3, false, 0)]
    [InlineData("2", 3, true, 2)]
    [InlineData("100%", 3, false, 3)]
    public void AmountsAreNumbersOrPercentages(string amount, int replicas, bool up, int expected) => Assert.Equal(expected, RolloutPlan.Resolve(amount, replicas, up));

    [Fact]
    public void ANewDeploymentGetsAllItsReplicasAtOnce() =>
        Assert.Equal(3, RolloutPlan.Next(new(3, 1, 0, false), new(0, 0, 0), []).New);

    [Fact]
    public void WithoutUnavailablePodsNothingOldGoesBeforeTheNewIsReady()
    {
        (int wanted, IReadOnlyList<int> old) = RolloutPlan.Next(new(2, 1, 0, false), new(1, 1, 0), [new(2, 2, 2)]);
        Assert.Equal(1, wanted);
        Assert.Equal([2], old);
    }

    [Fact]
    public void ANewReadyPodLetsOneOldGo() => Assert.Equal([1], RolloutPlan.Next(new(2, 1, 0, false), new(1, 1, 1), [new(2, 2, 2)]).Old);

    [Fact]
    public void OldPodsThatDoNotWorkGoFirst() => Assert.Equal([0, 2], RolloutPlan.Next(new(2, 1, 0, false), new(0, 0, 0), [new(1, 1, 0), new(2, 2, 2)]).Old);

    [Fact]
    public void RecreateStartsOnlyWhenEverythingOldIsGone()
    {
        RolloutPlan.Goal goal = new(2, 0, 0, Recreate: true);
        Assert.Equal(0, RolloutPlan.Next(goal, new(0, 0, 0), [new(2, 2, 2)]).New);
        Assert.Equal(2, RolloutPlan.Next(goal, new(0, 0, 0), [new(0, 0, 0)]).New);
    }

    [Fact]
    public void WhateverHappensARolloutKeepsItsBoundsAndArrives()
    {
        Random random = new(4711);
        for (int round = 0; round < 500; round++)
        {
            RolloutPlan.Goal goal = new(random.Next(1, 8), random.Next(0, 4), random.Next(0, 4), Recreate: false);
            Simulate(goal, random);
        }
    }

    /// <summary>Pods become available in any order; sizes never pass the surge, and available pods never fall below the minimum.</summary>
    private static void Simulate(RolloutPlan.Goal goal, Random random)
    {
        int unavailable = goal.MaxSurge == 0 && goal.MaxUnavailable == 0 ? 1 : goal.MaxUnavailable;
        RolloutPlan.Set current = new(0, 0, 0);
        RolloutPlan.Set old = new(goal.Replicas, goal.Replicas, goal.Replicas);
        for (int step = 0; step < 200 && (current.Available < goal.Replicas || old.Wanted > 0); step++)
        {
            (int wanted, IReadOnlyList<int> sizes) = RolloutPlan.Next(goal, current, [old]);
            Assert.InRange(wanted + sizes[0], 0, goal.Replicas + Math.Max(goal.MaxSurge, 0));
            old = new(sizes[0], sizes[0], Math.Min(old.Available, sizes[0]));
            current = new(wanted, wanted, Math.Min(current.Available, wanted));
            Assert.True(current.Available + old.Available >= goal.Replicas - unavailable, $"{goal} {current} {old}");
            if (random.Next(2) == 0 && current.Available < current.Wanted) current = current with { Available = current.Available + 1 };
        }

        Assert.Equal(goal.Replicas, current.Available);
        Assert.Equal(0, old.Wanted);
    }
}
