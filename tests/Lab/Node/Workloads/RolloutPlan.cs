namespace ConfidentialOperator.Lab.Node.Workloads;

/// <summary>How many replicas each ReplicaSet of a Deployment should have next; pure, with the arithmetic of Kubernetes' rolling update.</summary>
internal static class RolloutPlan
{
    /// <summary>A ReplicaSet as far as a rollout cares.</summary>
    /// <param name="Wanted">Its replicas.</param>
    /// <param name="Running">Its pods that exist.</param>
    /// <param name="Available">Its pods that are available.</param>
    public sealed record Set(int Wanted, int Running, int Available);

    /// <summary>What a Deployment asks for.</summary>
    public sealed record Goal(int Replicas, int MaxSurge, int MaxUnavailable, bool Recreate);

    /// <summary>Reads an amount that is a number or a percentage of the replicas.</summary>
    public static int Resolve(string amount, int replicas, bool roundUp)
    {
        if (!amount.EndsWith('%')) return int.Parse(amount);
        double part = int.Parse(amount[..^1]) * replicas / 100.0;
        return (int)(roundUp ? Math.Ceiling(part) : Math.Floor(part));
    }

    /// <summary>The next sizes: of the new set, and of each old one in order (oldest first).</summary>
    public static (int New, IReadOnlyList<int> Old) Next(Goal goal, Set current, IReadOnlyList<Set> old)
    {
        if (goal.Recreate)
        {
            bool gone = old.All(set => set.Running == 0);
            return (gone ? goal.Replicas : current.Wanted, [.. old.Select(_ => 0)]);
        }

        // A Deployment that may neither surge nor miss a pod could never move.
        int maxUnavailable = goal.MaxSurge == 0 && goal.MaxUnavailable == 0 ? 1 : goal.MaxUnavailable;
        int total = current.Wanted + old.Sum(set => set.Wanted);
        int room = Math.Max(0, goal.Replicas + goal.MaxSurge - total);
        int grown = current.Wanted >= goal.Replicas ? goal.Replicas : current.Wanted + Math.Min(room, goal.Replicas - current.Wanted);
        return (grown, ShrinkOld(goal.Replicas - maxUnavailable, current, old));
    }

    private static int[] ShrinkOld(int minimum, Set current, IReadOnlyList<Set> old)
    {
        int[] sizes = [.. old.Select(set => set.Wanted)];
        int total = current.Wanted + sizes.Sum();
        int budget = Math.Max(0, total - minimum - (current.Wanted - current.Available));

        // First what does not work anyway, then what works as long as enough remain available.
        for (int i = 0; i < sizes.Length; i++)
        {
            int sick = Math.Min(budget, Math.Max(0, old[i].Wanted - old[i].Available));
            sizes[i] -= sick;
            budget -= sick;
        }

        int spare = Math.Min(budget, current.Available + old.Sum(set => set.Available) - minimum);
        for (int i = 0; i < sizes.Length && spare > 0; i++)
        {
            int taken = Math.Min(spare, sizes[i]);
            sizes[i] -= taken;
            spare -= taken;
        }

        return sizes;
    }
}
