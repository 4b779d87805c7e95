namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>What of a container does not change while its pod lives.</summary>
internal sealed record ContainerSettings
{
    public required string Name { get; init; }

    /// <summary>Always, OnFailure or Never.</summary>
    public string RestartPolicy { get; init; } = "Always";

    /// <summary>The time from the request to end to the kill.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(30);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
