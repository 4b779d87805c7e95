using ConfidentialOperator.Lab.Node.Processes;

namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>Everything that a container's process needs, or why it cannot be started now.</summary>
internal sealed record ContainerPlan
{
    /// <summary>The process; null when it cannot be started.</summary>
    public ProcessOrder? Order { get; init; }

    /// <summary>Why not: the reason that Kubernetes shows.</summary>
    public string Waiting { get; init; } = "";

    public string Message { get; init; } = "";

    public string ImageId { get; init; } = "";

    public decimal? MemoryLimit { get; init; }

    public Probe? Startup { get; init; }

    public Probe? Liveness { get; init; }

    public Probe? Readiness { get; init; }
}
