namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>What a container is doing.</summary>
internal sealed record ContainerState
{
    /// <summary>The state of a container before its pod is ready for it.</summary>
    public static ContainerState Creating { get; } = new() { Waiting = "ContainerCreating" };

    /// <summary>Why it waits; empty when it does not.</summary>
    public string Waiting { get; init; } = "";

    /// <summary>A sentence for people on why it waits.</summary>
    public string Message { get; init; } = "";

    /// <summary>When the process that runs was started; null when none runs.</summary>
    public DateTimeOffset? RunningSince { get; init; }

    public int ProcessId { get; init; }

    /// <summary>Whether the startup probe has succeeded, or there is none.</summary>
    public bool Started { get; init; }

    /// <summary>Whether it may get requests.</summary>
    public bool Ready { get; init; }

    public int Restarts { get; init; }

    /// <summary>How the last process ended; null when none has.</summary>
    public Ending? Last { get; init; }

    /// <summary>Whether the last process is all there will be.</summary>
    public bool Finished { get; init; }

    public string ImageId { get; init; } = "";
}

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Reason">The reason that Kubernetes shows.</param>
/// <param name="From">When it started.</param>
/// <param name="Until">When it ended.</param>
internal sealed record Ending(int ExitCode, string Reason, DateTimeOffset From, DateTimeOffset Until);
