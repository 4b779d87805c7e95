namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>A container as it sees itself: what a guest's agent is asked to create. The host's paths and addresses are not in it.</summary>
internal sealed record ContainerView
{
    public required string Name { get; init; }

    /// <summary>The image, with its digest.</summary>
    public required string Image { get; init; }

    /// <summary>The command line.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The environment in order, as <c>NAME=VALUE</c>: the pod's, and what a container runtime adds.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Where volumes are mounted.</summary>
    public required IReadOnlyList<string> Mounts { get; init; }

    public required string WorkingDirectory { get; init; }

    public required long User { get; init; }

    public required long Group { get; init; }
}
